namespace CostMonitor.Core.Alerts;

/// <summary>What became of one notice at one sink.</summary>
public sealed record AlertDelivery
{
    public required AlertNotice Notice { get; init; }

    /// <summary>The sink's name.</summary>
    public required string Sink { get; init; }

    public required DeliveryState State { get; init; }

    /// <summary>When it came into this state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When the first attempt began; null when none was made.</summary>
    public DateTimeOffset? First { get; init; }

    /// <summary>When it may be tried again: of a pending one, its next time; of one that is being sent, when its worker counts as dead. Null once it is settled.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>Who sends it, while it is being sent.</summary>
    public string? By { get; init; }

    /// <summary>Attempts begun.</summary>
    public int Attempts { get; init; }

    /// <summary>Why the last attempt failed, or why it was silenced; null when nothing was wrong.</summary>
    public string? Error { get; init; }

    /// <summary>Whether nothing more will be done for it.</summary>
    public bool IsSettled => State is DeliveryState.Delivered or DeliveryState.Undelivered or DeliveryState.Silenced;
}
