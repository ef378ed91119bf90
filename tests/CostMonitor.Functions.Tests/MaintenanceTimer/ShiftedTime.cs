namespace CostMonitor.Functions.Tests.MaintenanceTimer;

/// <summary>The real clock, moved on: what is minutes old for it was written just now.</summary>
internal sealed class ShiftedTime(TimeSpan on) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + on;
}
