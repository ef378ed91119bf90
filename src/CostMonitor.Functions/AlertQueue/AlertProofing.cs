namespace CostMonitor.Functions.AlertQueue;

/// <summary>Whether a synthetic alert proves the channel each week.</summary>
internal enum AlertProofing
{
    Weekly,
    Off,
}
