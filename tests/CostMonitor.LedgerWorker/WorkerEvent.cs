namespace CostMonitor.LedgerWorker;

/// <summary>One line of a worker's books.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Call">The call's number in its worker.</param>
/// <param name="Usd">What it costs; of a refused call, its worst case.</param>
/// <param name="WaitMs">How long it waited for its admission.</param>
/// <param name="Tick">By the machine's monotonic clock, which all its processes share.</param>
/// <param name="At">UTC.</param>
/// <param name="Requests">Of the last line: the requests that were sent to storage.</param>
/// <param name="Message">Why it was refused.</param>
public sealed record WorkerEvent(WorkerEventKind Kind, int Call, decimal Usd, double WaitMs, long Tick, DateTimeOffset At, long Requests = 0, string? Message = null);
