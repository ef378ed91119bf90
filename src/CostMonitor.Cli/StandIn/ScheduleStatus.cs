namespace CostMonitor.Cli.StandIn;

/// <summary>What the schedule monitor of a timer remembers between two starts of the host.</summary>
/// <param name="Last">The last occurrence that ran; the first instant of year 1 before the first run.</param>
/// <param name="Next">The occurrence that is due next.</param>
/// <param name="LastUpdated">When this was written.</param>
internal sealed record ScheduleStatus(DateTimeOffset Last, DateTimeOffset Next, DateTimeOffset LastUpdated);
