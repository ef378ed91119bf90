namespace CostMonitor.Cli.StandIn;

/// <summary>Runs one timer function when it is due, in UTC, one run at a time.</summary>
/// <param name="function">The function and its schedule.</param>
/// <param name="file">The schedule monitor's memory; null for a timer without <c>useMonitor</c>.</param>
/// <param name="invoke">Invokes with the schedule status and with whether the run is past due.</param>
/// <param name="clock">Says when an occurrence is due.</param>
internal sealed class TimerLoop(
    FunctionDefinition.Timer function,
    ScheduleStatusFile? file,
    Func<ScheduleStatus?, bool, CancellationToken, Task<InvocationOutcome>> invoke,
    TimeProvider clock) : IDisposable
{
    // Task.Delay takes at most 49 days, and a shorter wait also notices a clock that was set.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly ScheduleStatusFile? _file = function.Schedule.IsTooFrequentToMonitor(clock.GetUtcNow()) ? null : file;
    private ScheduleStatus? _status;

    public string Name => function.Name;

    /// <summary>Catches up a run that was missed, then runs each occurrence, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var start = clock.GetUtcNow();
        var isPastDue = _file is not null && await IsPastDueAsync(_file, start, cancellationToken);
        if (isPastDue || function.RunOnStartup) await RunOnceAsync(start, isPastDue, cancellationToken);
        while (true)
        {
            var due = function.Schedule.NextAfter(clock.GetUtcNow());
            await UntilAsync(due, cancellationToken);
            await RunOnceAsync(due, isPastDue: false, cancellationToken);
        }
    }

    /// <summary>Runs it out of turn, as the host's admin API does, after a run that is under way.</summary>
    public async Task<InvocationOutcome> InvokeNowAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            return await invoke(_status, false, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    // As the host's ScheduleMonitor.CheckPastDueAsync: a schedule that was changed since is not past due.
    private async Task<bool> IsPastDueAsync(ScheduleStatusFile memory, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _status = await memory.ReadAsync(cancellationToken);
        var counted = _status is null ? now : _status.Last == default ? _status.LastUpdated : _status.Last;
        var expected = function.Schedule.NextAfter(counted);
        if (_status is not null && _status.Next == expected) return now > expected;
        _status = new ScheduleStatus(_status?.Last ?? default, function.Schedule.NextAfter(now), now);
        await memory.WriteAsync(_status, cancellationToken);
        return false;
    }

    private async Task UntilAsync(DateTimeOffset due, CancellationToken cancellationToken)
    {
        while (clock.GetUtcNow() is var now && now < due)
        {
            var wait = due - now;
            // Rounded up to what a timer can measure: one that fires early would run an occurrence twice.
            var whole = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
            await Task.Delay(whole < LongestWait ? whole : LongestWait, clock, cancellationToken);
        }
    }

    private async Task RunOnceAsync(DateTimeOffset occurrence, bool isPastDue, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await invoke(_status, isPastDue, cancellationToken);
            if (_file is null) return;
            _status = new ScheduleStatus(occurrence, function.Schedule.NextAfter(occurrence), clock.GetUtcNow());
            await _file.WriteAsync(_status, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }
}
