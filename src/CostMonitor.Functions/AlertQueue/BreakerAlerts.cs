using System.Collections.Concurrent;
using System.Globalization;
using CostMonitor.Core.Alerts;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Pricing;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.AlertQueue;

/// <summary>Raises an alert for each outage of a deployment, and tells when it is over.</summary>
internal sealed class BreakerAlerts(AlertTable alerts, BreakerTable breakers)
{
    public const string Rule = "breaker-opened";

    /// <summary>While a new version of the app takes over, the old one may not know a deployment of the new one's file.</summary>
    private static readonly TimeSpan Rollout = TimeSpan.FromMinutes(15);

    /// <summary>Closed breakers that maintenance has seen to: when they closed.</summary>
    private readonly ConcurrentDictionary<ModelKey, DateTimeOffset> _seen = new();

    /// <summary>One alert an outage, also when the breakers of several processes open one after the other.</summary>
    public async Task OpenedAsync(ModelKey deployment, BreakerStatus status, CancellationToken cancellationToken)
    {
        if ((await alerts.FiringAsync(ScopeOf(deployment), Rule, cancellationToken)).Count > 0) return;
        var since = status.DownSince ?? status.Since;
        var facts = new List<AlertFact> { new("Deployment", deployment.ToString()), new("Down since", Shown(since)), new("Failures in a row", status.FailuresInRow.ToString(CultureInfo.InvariantCulture)) };
        if (status.LastFailure is { } failure) facts.Add(new AlertFact("Last failure", failure));
        if (status.ProbesAt is { } probe) facts.Add(new AlertFact("Next probe", Shown(probe)));
        await alerts.RaiseAsync(
            new Alert
            {
                Key = KeyOf(deployment, since),
                Severity = AlertSeverity.Error,
                At = since,
                Title = $"The circuit breaker of {deployment} has opened",
                Text = $"{Sentence(status.Reason)} Calls go to the route's other targets, or fail at once; single calls probe whether it is back.",
                Facts = facts,
            },
            cancellationToken);
    }

    public Task ClosedAsync(ModelKey deployment, BreakerStatus status, CancellationToken cancellationToken) =>
        RecoverAsync(deployment, status, "has closed", "Calls go through again.", cancellationToken);

    /// <summary>Raises and recovers what the process that saw it could not, and ends the outages of deployments that nobody asks any more.</summary>
    /// <param name="isWatched">Whether a deployment has a breaker in this process.</param>
    /// <param name="now">The present.</param>
    /// <param name="cancellationToken">Stops between and within requests.</param>
    public async Task CatchUpAsync(Func<ModelKey, bool> isWatched, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var (deployment, status) in await breakers.ReadAsync(cancellationToken))
        {
            if (status.State != BreakerState.Closed && !isWatched(deployment) && now - status.Since >= Rollout)
            {
                var gone = new BreakerStatus { State = BreakerState.Closed, Since = now, Reason = "the deployment is configured no more, or its breaker is switched off" };
                if (await breakers.SaveAsync(deployment, gone, cancellationToken)) await RecoverAsync(deployment, gone, "is gone", "Nothing is asked of it.", cancellationToken);
            }
            else if (status.State != BreakerState.Closed)
            {
                await OpenedAsync(deployment, status, cancellationToken);
            }
            else if (_seen.GetValueOrDefault(deployment) != status.Since)
            {
                await ClosedAsync(deployment, status, cancellationToken);
                _seen[deployment] = status.Since;
            }
        }
    }

    private async Task RecoverAsync(ModelKey deployment, BreakerStatus status, string what, string now, CancellationToken cancellationToken)
    {
        foreach (var kept in await alerts.FiringAsync(ScopeOf(deployment), Rule, cancellationToken))
        {
            if (kept.Alert.At > status.Since) continue; // of a later outage
            await alerts.RecoverAsync(
                new Alert
                {
                    Key = kept.Key,
                    Severity = AlertSeverity.Info,
                    At = status.Since,
                    Title = $"The circuit breaker of {deployment} {what}",
                    Text = $"{Sentence(status.Reason)} {now}",
                    Facts = [new AlertFact("Deployment", deployment.ToString()), new AlertFact("Down since", Shown(kept.Alert.At)), new AlertFact("Up since", Shown(status.Since))],
                },
                cancellationToken);
        }
    }

    private static AlertKey KeyOf(ModelKey deployment, DateTimeOffset since) =>
        new(ScopeOf(deployment), since.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture), Rule);

    private static string ScopeOf(ModelKey deployment) => $"model:{deployment}";

    private static string Shown(DateTimeOffset instant) => instant.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);

    private static string Sentence(string reason) => reason.Length == 0 ? "" : $"{char.ToUpperInvariant(reason[0])}{reason[1..]}{(reason.EndsWith('.') ? "" : ".")}";
}
