namespace CostMonitor.Core.Calling.Routing;

/// <summary>The rule by which a deployment is not asked. Rules are tried in this order, and the first that applies is named.</summary>
public enum PassedOverFor
{
    /// <summary>A setting of it is missing.</summary>
    NotConfigured,

    /// <summary>Its context is too small for prompt and answer.</summary>
    Context,

    /// <summary>It may process data where the call does not allow it, or where is not known.</summary>
    Residency,

    /// <summary>It lacks a feature, or stands in another region.</summary>
    Feature,

    /// <summary>Its breaker is open.</summary>
    Down,
}
