using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;

namespace CostMonitor.Providers.Chain;

/// <summary>The questions under way: one who asks what is being asked waits for that answer, so that it is paid once. Thread-safe.</summary>
internal sealed class InFlight(TimeProvider time)
{
    private readonly Dictionary<CacheKey, Flight> _flights = [];

    internal Lock Lock { get; } = new();

    /// <summary>Begins a flight, or waits for the one under way.</summary>
    /// <param name="key">What is to be asked once.</param>
    /// <param name="question">What stands behind the key.</param>
    /// <param name="left">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The flight and what to do: whoever leads must end it.</returns>
    /// <exception cref="CallRefusedException">Another question is under way with this key.</exception>
    /// <exception cref="ModelCallException">The wait took all the time that the call has.</exception>
    public ValueTask<(Flight Flight, Landed Landed)> JoinAsync(CacheKey key, CacheKey question, TimeSpan left, CancellationToken cancellationToken)
    {
        Flight? flight;
        LinkedListNode<TaskCompletionSource<Landed>> place;
        lock (Lock)
        {
            if (!_flights.TryGetValue(key, out flight))
            {
                _flights[key] = flight = new Flight(this, key, question);
                return new ValueTask<(Flight, Landed)>((flight, Landed.Leads));
            }

            if (flight.Question != question) throw Reused();
            place = flight.Wait();
        }

        return WaitAsync(flight, place, left, cancellationToken);
    }

    /// <summary>Forgets a flight. Called under the lock.</summary>
    internal void Remove(Flight flight)
    {
        if (_flights.TryGetValue(flight.Key, out var known) && known == flight) _flights.Remove(flight.Key);
    }

    /// <summary>The failure of a call that waited for another one for all the time that it had.</summary>
    public static ModelCallException Late(Exception? inner = null) =>
        new(FailureStage.Admission, "deadline", "An equal call was under way, and its answer had not come when the time of this one was over.", inner);

    /// <summary>The refusal of a second question under one idempotency key.</summary>
    public static CallRefusedException Reused() =>
        new(RefusalReason.KeyReused, "The idempotency key belongs to another question; use a new key for a new question.");

    private async ValueTask<(Flight Flight, Landed Landed)> WaitAsync(
        Flight flight, LinkedListNode<TaskCompletionSource<Landed>> place, TimeSpan left, CancellationToken cancellationToken)
    {
        var hasCome = false;
        try
        {
            var landed = await place.Value.Task.WaitAsync(left, time, cancellationToken);
            hasCome = true;
            return (flight, landed);
        }
        catch (TimeoutException e)
        {
            throw Late(e);
        }
        finally
        {
            if (!hasCome) await flight.LeaveAsync(place);
        }
    }
}
