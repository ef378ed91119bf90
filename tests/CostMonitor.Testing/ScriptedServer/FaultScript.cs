using System.Collections.Concurrent;
using System.Globalization;
using CostMonitor.Core.Plans;

namespace CostMonitor.Testing.ScriptedServer;

/// <summary>Which attempt of which call goes wrong and how: it follows from a seed, the call's number and the attempt's, and each share is met exactly.</summary>
/// <remarks>A server knows a call by its number in the prompt. One script may serve several servers: the attempts of a call are counted over all of them.</remarks>
public sealed class FaultScript
{
    private const string Mark = "[call ";

    private readonly PlannedFault?[] _ofCall;
    private readonly int[] _attempts;
    private readonly Script _otherwise;
    private readonly ConcurrentDictionary<string, int> _injected = new();

    /// <param name="seed">Decides which calls are struck.</param>
    /// <param name="calls">How many calls there are; their numbers run from 0.</param>
    /// <param name="otherwise">How an attempt is answered that nothing happens to.</param>
    /// <param name="faults">Their shares make 1 at most, and each makes a whole number of calls.</param>
    public FaultScript(ulong seed, int calls, Script otherwise, params IReadOnlyList<PlannedFault> faults)
    {
        (_otherwise, _attempts, _ofCall) = (otherwise, new int[calls], new PlannedFault?[calls]);
        var struck = 0;
        foreach (var fault in faults)
        {
            for (var left = Struck(fault); left > 0; left--) _ofCall[struck++] = fault;
        }

        new SeededRandom(seed).Shuffle(_ofCall.AsSpan());
        Calls = calls;
        Planned = faults.Sum(f => Struck(f) * f.Attempts);
    }

    public int Calls { get; }

    /// <summary>Faults that are injected if every struck call makes so many attempts.</summary>
    public int Planned { get; }

    /// <summary>Faults injected so far, by their names.</summary>
    public IReadOnlyDictionary<string, int> Injected => _injected;

    /// <summary>The prompt of a call.</summary>
    public static string Prompt(int call) => string.Create(CultureInfo.InvariantCulture, $"{Mark}{call}] Say something.");

    /// <summary>What strikes the call; null for nothing.</summary>
    public PlannedFault? FaultOf(int call) => _ofCall[call];

    /// <summary>How many attempts of the call have reached a server.</summary>
    public int AttemptsOf(int call) => Volatile.Read(ref _attempts[call]);

    /// <summary>The number of the call that a request belongs to.</summary>
    public static int CallOf(ServedRequest request)
    {
        var start = request.Body.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        return int.Parse(request.Body.AsSpan(start, request.Body.IndexOf(']', start) - start), CultureInfo.InvariantCulture);
    }

    /// <summary>The answer to a request: for <see cref="ScriptedModelServer.Respond"/>.</summary>
    public Script Answer(ServedRequest request)
    {
        var call = CallOf(request);
        var attempt = Interlocked.Increment(ref _attempts[call]);
        if (_ofCall[call] is not { } fault || attempt > fault.Attempts) return _otherwise;
        _injected.AddOrUpdate(fault.Name, 1, static (_, n) => n + 1);
        return fault.Script;
    }

    private int Struck(PlannedFault fault) => (int)Math.Round(fault.Share * _ofCall.Length);
}
