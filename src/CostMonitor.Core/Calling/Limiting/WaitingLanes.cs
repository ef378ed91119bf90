namespace CostMonitor.Core.Calling.Limiting;

/// <summary>The lanes of a limiter, which take turns: whoever was served stands behind the others.</summary>
/// <remarks>A head that needs many tokens keeps its turn until they are there, so that the small ones of other lanes do not starve it.</remarks>
internal sealed class WaitingLanes
{
    private static readonly int Lanes = Enum.GetValues<CallLane>().Length;

    private readonly WaitingLane[] _lanes = [.. Enumerable.Range(0, Lanes).Select(static _ => new WaitingLane())];
    private int _turn;

    public int Count { get; private set; }

    /// <summary>The call that is served next; null when none waits.</summary>
    public WaitingCall? Next
    {
        get
        {
            for (var i = 0; i < Lanes; i++)
            {
                if (_lanes[(_turn + i) % Lanes].First is { } call) return call;
            }

            return null;
        }
    }

    public void Add(WaitingCall call)
    {
        _lanes[(int)call.Lane].Add(call);
        Count++;
    }

    /// <summary>Takes one out that gave up: the next of its lane has its turn.</summary>
    public void Remove(WaitingCall call)
    {
        _lanes[(int)call.Lane].Remove(call);
        Count--;
    }

    /// <summary>Takes out the next one, which ends its lane's turn.</summary>
    public void Serve(WaitingCall next)
    {
        Remove(next);
        _turn = ((int)next.Lane + 1) % Lanes;
    }

    /// <summary>How many calls and tokens are served before one that would come now; the tokens of the other lanes by their mean.</summary>
    public (int Calls, double Tokens) AheadOf(CallLane lane)
    {
        var own = _lanes[(int)lane];
        var (calls, tokens) = (own.Count, (double)own.Tokens);
        for (var i = 0; i < Lanes; i++)
        {
            var other = _lanes[i];
            if (other == own || other.Count == 0) continue;
            var turns = Math.Min(other.Count, own.Count + (Order(i) < Order((int)lane) ? 1 : 0));
            calls += turns;
            tokens += other.Tokens * ((double)turns / other.Count);
        }

        return (calls, tokens);
    }

    private int Order(int lane) => (lane - _turn + Lanes) % Lanes;
}
