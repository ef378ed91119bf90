using CostMonitor.Core.Pricing;

namespace CostMonitor.Providers.Calling;

/// <summary>Whether a model can be called just now, as far as can be seen without paying for a call.</summary>
/// <param name="Model">The model.</param>
/// <param name="Missing">The settings that it lacks, by name; empty if it is configured.</param>
/// <param name="IsRemote">False for a model inside the process, which is not probed.</param>
/// <param name="Connect">The time that the connection to its endpoint took; null if none was made or there was one.</param>
/// <param name="HttpStatus">Of the endpoint's answer to a GET that is no call; any answer shows that it can be reached. Null if none came.</param>
/// <param name="Failure">Why no answer came; null if one did or none was asked for.</param>
/// <param name="StatusPage">The provider's status page, where models.json names it.</param>
public sealed record ModelProbe(
    ModelKey Model, string Missing, bool IsRemote, TimeSpan? Connect, int? HttpStatus, string? Failure, Uri? StatusPage)
{
    public bool IsConfigured => Missing.Length == 0;

    /// <summary>True if it can be called as far as is known.</summary>
    public bool IsUp => IsConfigured && Failure is null;
}
