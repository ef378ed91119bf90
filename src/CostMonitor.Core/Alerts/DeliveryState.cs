namespace CostMonitor.Core.Alerts;

/// <summary>How far one notice is on its way to one sink.</summary>
public enum DeliveryState
{
    /// <summary>An attempt failed; another one follows.</summary>
    Pending,

    /// <summary>A worker has it in hand, or had it when it died.</summary>
    Sending,
    Delivered,

    /// <summary>Given up after many attempts: somebody has to look.</summary>
    Undelivered,

    /// <summary>Kept from the sink by a silence, for good.</summary>
    Silenced,
}
