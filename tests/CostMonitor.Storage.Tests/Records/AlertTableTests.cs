using System.Collections.Concurrent;
using CostMonitor.Core.Alerts;
using CostMonitor.Storage.Records;
using CostMonitor.Storage.Tests.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Records;

[Collection(AzuriteGroup.Name)]
public sealed class AlertTableTests(AzuriteFixture azurite)
{
    private const int Keys = 200;
    private const int Writers = 100;
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly ConcurrentQueue<string> _sent = new();

    [Fact]
    public async Task RaiseAndRecover_GivenAHundredWritersAtOnce_AreTrueForOneOfThemEach()
    {
        var table = await NewAsync();
        var (raised, recovered) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var i = 0; i < 20; i++)
            {
                var alert = AlertOf($"contended-{((writer * 7) + (i * 10)) % Keys}");
                if (await table.RaiseAsync(alert, None)) raised.Enqueue(alert.Key.Id);
                if (await table.RecoverAsync(alert, None)) recovered.Enqueue(alert.Key.Id);
            }
        }));

        Assert.Equal(Keys, raised.Count);
        Assert.Equal(raised.Order(), recovered.Order());
        Assert.Equal(Keys, raised.Distinct().Count());
        Assert.Equal(raised.SelectMany(k => new[] { $"{k} Firing", $"{k} Recovered" }).Order(), _sent.Order());
    }

    [Fact]
    public async Task UpdateAsync_GivenSeveralAtOnce_LosesNone()
    {
        var table = await NewAsync();
        var alert = AlertOf("updated");
        await table.RaiseAsync(alert, None);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => table.UpdateAsync(
            alert.Key, kept => kept.With(new AlertDelivery { Notice = AlertNotice.Firing, Sink = $"s{i}", State = DeliveryState.Delivered, Since = Now }), None)));

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"s{i}"), (await table.FindAsync(alert.Key, None))?.Deliveries.Select(d => d.Sink).Order());
    }

    [Fact]
    public async Task RecoverAsync_GivenAnAlertThatIsBeingDelivered_KeepsBoth()
    {
        var table = await NewAsync();
        var alert = AlertOf("both");
        await table.RaiseAsync(alert, None);

        await Task.WhenAll(
            table.RecoverAsync(alert with { Title = "over" }, None),
            table.UpdateAsync(alert.Key, kept => kept.With(new AlertDelivery { Notice = AlertNotice.Firing, Sink = "s", State = DeliveryState.Delivered, Since = Now }), None));

        var kept = await table.FindAsync(alert.Key, None);
        Assert.Equal(("over", 1), (kept?.Recovery?.Title, kept?.Deliveries.Count));
    }

    [Fact]
    public async Task FiringAsync_GivenOtherScopesAndRules_FindsOnlyWhatWasAskedFor()
    {
        var table = await NewAsync();
        foreach (var (scope, rule) in new[] { ("model:a/b", "x"), ("model:a/b", "y"), ("model:a/bc", "x"), ("model:a", "x"), ("model:a/b2", "x") })
        {
            await table.RaiseAsync(AlertOf(scope) with { Key = new AlertKey(scope, "p", rule) }, None);
        }

        await table.RaiseAsync(AlertOf("model:a/b") with { Key = new AlertKey("model:a/b", "q", "x") }, None);
        await table.RecoverAsync(AlertOf("model:a/b") with { Key = new AlertKey("model:a/b", "q", "x") }, None);

        Assert.Equal([new AlertKey("model:a/b", "p", "x")], (await table.FiringAsync("model:a/b", "x", None)).Select(a => a.Key));
    }

    private static Alert AlertOf(string scope) => new()
    {
        Key = new AlertKey(scope, "2026-11", "threshold-80"), Severity = AlertSeverity.Warning, At = Now, Title = scope, Text = "", Facts = [new AlertFact("Spent", "$1")],
    };

    private async Task<AlertTable> NewAsync()
    {
        var table = new AlertTable(azurite.Account, Send, new SteppedTime(Now));
        await table.CreateIfNotExistsAsync(None);
        return table;

        Task Send(string text, TimeSpan wait, CancellationToken cancellationToken)
        {
            var message = NoticeMessage.Parse(text);
            _sent.Enqueue($"{message.Key.Id} {message.Notice}");
            return Task.CompletedTask;
        }
    }
}
