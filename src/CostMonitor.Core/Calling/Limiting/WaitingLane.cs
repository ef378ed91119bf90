namespace CostMonitor.Core.Calling.Limiting;

/// <summary>The calls of one lane that wait, first come first served; any of them can leave at once.</summary>
internal sealed class WaitingLane
{
    private WaitingCall? _last;

    public WaitingCall? First { get; private set; }

    public int Count { get; private set; }

    /// <summary>Those of all that wait.</summary>
    public long Tokens { get; private set; }

    public void Add(WaitingCall call)
    {
        call.Before = _last;
        if (_last is null) First = call;
        else _last.After = call;
        _last = call;
        (Count, Tokens) = (Count + 1, Tokens + call.Tokens);
    }

    public void Remove(WaitingCall call)
    {
        if (call.Before is null) First = call.After;
        else call.Before.After = call.After;
        if (call.After is null) _last = call.Before;
        else call.After.Before = call.Before;
        (call.Before, call.After) = (null, null);
        (Count, Tokens) = (Count - 1, Tokens - call.Tokens);
    }
}
