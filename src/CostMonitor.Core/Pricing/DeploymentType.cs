namespace CostMonitor.Core.Pricing;

/// <summary>Where Azure may process a call, which it prices apart.</summary>
public enum DeploymentType
{
    /// <summary>The provider knows no deployment types.</summary>
    None,

    /// <summary>In any region.</summary>
    Global,

    /// <summary>In any region of the data zone (EU, US).</summary>
    DataZone,

    /// <summary>In the region of the resource.</summary>
    Regional,
}
