namespace CostMonitor.Core.Alerts;

/// <summary>A notice as a sink gets it.</summary>
/// <param name="Kind">Whether the alert has begun or is over.</param>
/// <param name="Alert">What to tell: of a recovery, the recovery's own words.</param>
/// <param name="Severity">Of the alert that fired, which its recovery has too.</param>
/// <param name="Link">Where more is to be seen; null if no dashboard is set.</param>
public sealed record SinkNotice(AlertNotice Kind, Alert Alert, AlertSeverity Severity, Uri? Link)
{
    /// <summary>The same each time this notice is sent, and unlike that of any other: who keeps it can leave out what comes twice.</summary>
    public string Id => $"{Alert.Key.Id}|{Input.EnumNames.Of(Kind)}";

    public static SinkNotice Of(KeptAlert kept, AlertNotice kind, Uri? link) =>
        new(kind, kind == AlertNotice.Recovered && kept.Recovery is { } recovery ? recovery : kept.Alert, kept.Alert.Severity, link);
}
