namespace CostMonitor.Core.Alerts;

/// <summary>Says which notices of an alert are to be sent to which sinks, and keeps account of it. Pure.</summary>
public static class DeliveryPlan
{
    /// <summary>Whether a sink hears of an alert. A recovery goes to whoever heard of the alert, and the weekly proof to all.</summary>
    public static bool Takes(IAlertSink sink, KeptAlert kept) => kept.Alert.Severity >= sink.LeastSeverity || kept.Key.Rule == AlertProof.Rule;

    /// <summary>What may be sent now, a recovery only where the alert itself is settled.</summary>
    public static IReadOnlyList<(AlertNotice Notice, IAlertSink Sink)> Due(KeptAlert kept, IReadOnlyList<IAlertSink> sinks, DateTimeOffset now) =>
    [
        .. from notice in Notices(kept)
           from sink in sinks
           where Takes(sink, kept) && (notice == AlertNotice.Firing || kept.Delivery(AlertNotice.Firing, sink.Name) is { IsSettled: true })
           let delivery = kept.Delivery(notice, sink.Name)
           where delivery is null || (!delivery.IsSettled && !(delivery.Due > now))
           select (notice, sink),
    ];

    /// <summary>When a notice is next due at any sink; null when it is settled at all of them.</summary>
    public static DateTimeOffset? NextDue(KeptAlert kept, AlertNotice notice, IReadOnlyList<IAlertSink> sinks)
    {
        var open = sinks.Where(s => Takes(s, kept) && kept.Delivery(notice, s.Name) is not { IsSettled: true }).ToArray();
        return open.Length == 0 ? null : open.Min(s => kept.Delivery(notice, s.Name)?.Due ?? kept.Delivery(AlertNotice.Firing, s.Name)?.Due ?? DateTimeOffset.MinValue);
    }

    /// <summary>Takes a notice in hand for one sink, or notes that a silence keeps it from there.</summary>
    /// <param name="kept">The alert.</param>
    /// <param name="notice">The notice.</param>
    /// <param name="sink">The sink's name.</param>
    /// <param name="by">Names the worker's attempt.</param>
    /// <param name="now">The time.</param>
    /// <param name="lease">How long the worker counts as alive.</param>
    /// <param name="silence">Covers the alert; null if none does.</param>
    public static KeptAlert Begin(KeptAlert kept, AlertNotice notice, string sink, string by, DateTimeOffset now, TimeSpan lease, AlertSilence? silence)
    {
        var was = kept.Delivery(notice, sink);
        var reason = silence is not null ? silence.Reason
            : notice == AlertNotice.Recovered && kept.Delivery(AlertNotice.Firing, sink) is { State: DeliveryState.Silenced } ? "The alert itself was silenced."
            : null;
        return kept.With(reason is not null
            ? new AlertDelivery { Notice = notice, Sink = sink, State = DeliveryState.Silenced, Since = now, First = was?.First, Attempts = was?.Attempts ?? 0, Error = reason }
            : new AlertDelivery
            {
                Notice = notice, Sink = sink, State = DeliveryState.Sending, Since = now, Due = now + lease, By = by,
                First = was?.First ?? now, Attempts = (was?.Attempts ?? 0) + 1, Error = was?.Error,
            });
    }

    /// <summary>Notes how an attempt ended. A notice that another worker has delivered meanwhile stays delivered.</summary>
    /// <param name="kept">The alert.</param>
    /// <param name="attempt">The delivery as it was begun.</param>
    /// <param name="answer">The sink's.</param>
    /// <param name="now">The time.</param>
    public static KeptAlert End(KeptAlert kept, AlertDelivery attempt, SinkAnswer answer, DateTimeOffset now)
    {
        var stored = kept.Delivery(attempt.Notice, attempt.Sink);
        if (stored is { State: DeliveryState.Delivered }) return kept;
        if (answer.Failure is null) return kept.With(attempt with { State = DeliveryState.Delivered, Since = now, Due = null, By = null, Error = null });
        if (stored?.By != attempt.By) return kept; // taken over: what the other worker's attempt gives counts
        var next = DeliveryRetries.Next(attempt.Attempts, attempt.First ?? attempt.Since, now, answer.RetryAfter);
        return kept.With(attempt with
        {
            State = next is null ? DeliveryState.Undelivered : DeliveryState.Pending, Since = now, Due = next, By = null, Error = answer.Failure,
        });
    }

    private static AlertNotice[] Notices(KeptAlert kept) => kept.Recovery is null ? [AlertNotice.Firing] : [AlertNotice.Firing, AlertNotice.Recovered];
}
