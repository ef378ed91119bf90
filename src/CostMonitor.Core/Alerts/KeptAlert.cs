namespace CostMonitor.Core.Alerts;

/// <summary>An alert as the outbox has it.</summary>
public sealed record KeptAlert
{
    public required Alert Alert { get; init; }

    /// <summary>Tells that it is over; null while it is not.</summary>
    public Alert? Recovery { get; init; }

    /// <summary>What became of its notices, as far as a worker has had them in hand.</summary>
    public IReadOnlyList<AlertDelivery> Deliveries { get; init; } = [];

    /// <summary>Who has taken it on; null while nobody has.</summary>
    public string? AcknowledgedBy { get; init; }

    public DateTimeOffset? AcknowledgedAt { get; init; }

    public AlertKey Key => Alert.Key;

    /// <summary><see cref="AlertNotice.Recovered"/> once it is over.</summary>
    public AlertNotice State => Recovery is null ? AlertNotice.Firing : AlertNotice.Recovered;

    public bool IsUndelivered => Deliveries.Any(static d => d.State == DeliveryState.Undelivered);

    public AlertDelivery? Delivery(AlertNotice notice, string sink) => Deliveries.FirstOrDefault(d => d.Notice == notice && d.Sink == sink);

    /// <summary>The same with one delivery put in, in the place of what was known of it.</summary>
    public KeptAlert With(AlertDelivery delivery) => this with
    {
        Deliveries = [.. Deliveries.Where(d => d.Notice != delivery.Notice || d.Sink != delivery.Sink), delivery],
    };
}
