namespace CostMonitor.Core.Pricing;

/// <summary>How urgently a provider serves a call, which it prices apart.</summary>
public enum ServiceTier
{
    Standard,

    /// <summary>Asynchronous, done within a day.</summary>
    Batch,

    /// <summary>Served first.</summary>
    Priority,

    /// <summary>Served when there is room.</summary>
    Flex,

    /// <summary>On capacity that is paid by the hour.</summary>
    Provisioned,
}
