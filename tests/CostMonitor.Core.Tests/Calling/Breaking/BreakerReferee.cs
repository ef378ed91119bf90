using CostMonitor.Core.Calling.Breaking;

namespace CostMonitor.Core.Tests.Calling.Breaking;

/// <summary>What a breaker must do, worked out slowly from all that has happened. It remembers everything and adds it up anew each time.</summary>
internal sealed class BreakerReferee(BreakerSettings settings)
{
    private readonly List<(double At, bool IsFailure)> _sinceClosed = []; // reports of calls that count while it is closed
    private readonly List<int> _began = []; // calls since it is closed, in their order
    private readonly Dictionary<int, bool?> _ended = []; // null for an end that says nothing
    private readonly HashSet<int> _current = []; // calls whose report counts
    private double _until; // of an open one
    private (int Call, double LostAt)? _probe;

    public BreakerState State { get; private set; }

    public int Openings { get; private set; }

    public bool Enters(int call, double now, double longest)
    {
        if (State == BreakerState.Closed)
        {
            _current.Add(call);
            _began.Add(call);
            return true;
        }

        if (State == BreakerState.Open && now < _until) return false;
        if (_probe is { } under && now < under.LostAt) return false;
        _current.Clear();
        _current.Add(call);
        (State, _probe) = (BreakerState.HalfOpen, (call, now + longest));
        return true;
    }

    public void Reports(int call, bool? isFailure, double now)
    {
        if (!_current.Remove(call)) return;
        if (State == BreakerState.HalfOpen)
        {
            _probe = null;
            if (isFailure == true) Open(now);
            if (isFailure == false) State = BreakerState.Closed;
            return;
        }

        _ended[call] = isFailure;
        if (isFailure is not { } failed) return;
        _sinceClosed.Add((now, failed));
        if (!failed) return;
        var place = _began.IndexOf(call);
        var inRow = Row(Enumerable.Reverse(_began.Take(place))) + 1 + Row(_began.Skip(place + 1));
        var tenth = settings.Window.TotalSeconds / 10;
        var inWindow = _sinceClosed.Where(r => Math.Floor(now / tenth) - Math.Floor(r.At / tenth) < 10).ToList();
        var share = (double)inWindow.Count(r => r.IsFailure) / inWindow.Count;
        if (inRow >= settings.Failures || (inWindow.Count >= settings.MinimumCalls && share >= settings.ErrorShare)) Open(now);
    }

    // Failures up to the next call that is under way or has succeeded.
    private int Row(IEnumerable<int> calls) => calls.TakeWhile(c => _ended.TryGetValue(c, out var end) && end != false).Count(c => _ended[c] == true);

    private void Open(double now)
    {
        if (State == BreakerState.Closed) Openings++;
        (State, _until) = (BreakerState.Open, now + settings.OpenFor.TotalSeconds);
        _current.Clear();
        _sinceClosed.Clear();
        _began.Clear();
    }
}
