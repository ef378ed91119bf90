using CostMonitor.Core.Alerts;

namespace CostMonitor.Functions.Tests.AlertQueue;

public sealed class AlertDelivererTests(AlertStore store) : IClassFixture<AlertStore>
{
    private const string Scope = "budget:team/search #1"; // with what no table key may hold
    private const string Id = "budget:team~002Fsearch ~00231|2026-11|threshold-80";
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task RunAsync_GivenAnAlertAndItsRecovery_TellsEachOnce()
    {
        var world = await AlertWorld.NewAsync(store);
        var table = world.Table(Mortality.None);

        var raised = (await table.RaiseAsync(AlertWorld.AlertOf(Scope), None), await table.RaiseAsync(AlertWorld.AlertOf(Scope), None));
        await world.DrainAsync();
        var recovered = (await table.RecoverAsync(AlertWorld.RecoveryOf(Scope), None), await table.RecoverAsync(AlertWorld.RecoveryOf(Scope), None));
        await world.DrainAsync();
        await world.MinuteAsync();

        Assert.Equal(((true, false), (true, false)), (raised, recovered));
        Assert.Equal([$"{Id}|firing", $"{Id}|recovered"], world.Books.Taken);
        Assert.Equal(0, world.Queue.Count);
    }

    [Fact]
    public async Task RecoverAsync_GivenNoAlert_TellsNothing()
    {
        var world = await AlertWorld.NewAsync(store);

        var isRecovered = await world.Table(Mortality.None).RecoverAsync(AlertWorld.RecoveryOf(Scope), None);

        Assert.Equal((false, 0), (isRecovered, world.Queue.Count));
    }

    [Fact]
    public async Task RunAsync_GivenARecoveryBeforeItsAlertWasDelivered_TellsBothInOrder()
    {
        var world = await AlertWorld.NewAsync(store);
        var table = world.Table(Mortality.None);
        await table.RaiseAsync(AlertWorld.AlertOf(Scope), None);
        world.Queue.Clear(); // the first message is lost
        await table.RecoverAsync(AlertWorld.RecoveryOf(Scope), None);

        await world.DrainAsync();

        Assert.Equal([$"{Id}|firing", $"{Id}|recovered"], world.Books.Taken);
    }

    // A raise is: read, open, insert, list and message. The insert is the third request.
    [Theory]
    [InlineData("request", 2)] // nothing but a look
    [InlineData("request", 3)] // open, and no alert
    [InlineData("answer", 3)] // the alert, and nobody who knows it is there
    [InlineData("message", 1)] // no message
    public async Task RaiseAsync_GivenADeathOnTheWay_IsDeliveredOnceAllTheSame(string step, int n)
    {
        var world = await AlertWorld.NewAsync(store);
        await Assert.ThrowsAsync<KilledException>(() => world.Table(Mortality.At(step, n)).RaiseAsync(AlertWorld.AlertOf(Scope), None));

        await world.Table(Mortality.None).RaiseAsync(AlertWorld.AlertOf(Scope), None); // it is still seen, by whoever looks next
        await world.DrainAsync();
        await world.MinuteAsync();
        await world.MinuteAsync();

        Assert.Equal([$"{Id}|firing"], world.Books.Taken);
    }

    [Fact]
    public async Task RequeueAsync_GivenAnAlertWhoseWriterDiedBeforeItsMessage_SendsIt()
    {
        var world = await AlertWorld.NewAsync(store);
        await Assert.ThrowsAsync<KilledException>(() => world.Table(Mortality.At("message")).RaiseAsync(AlertWorld.AlertOf(Scope), None));

        await world.DrainAsync();
        var before = world.Books.Taken.Count;
        await world.MinuteAsync();

        Assert.Equal((0, 1), (before, world.Books.Taken.Count));
    }

    [Theory]
    [InlineData("send", 1, 1)] // between claim and send
    [InlineData("taken", 1, 2)] // between send and mark: the sink gets it again, under the same id
    [InlineData("request", 5, 2)] // read, silences, read, claim; then what reads for the mark
    [InlineData("request", 6, 2)] // the mark
    [InlineData("request", 9, 1)] // read again, list, and then the open row that stays
    public async Task RunAsync_GivenADeathOnTheWay_IsDeliveredAgainWithTheSameId(string step, int n, int expected)
    {
        var world = await AlertWorld.NewAsync(store);
        await world.Table(Mortality.None).RaiseAsync(AlertWorld.AlertOf(Scope), None);
        var message = world.Queue.Take();
        await Assert.ThrowsAsync<KilledException>(() => world.Deliverer(Mortality.At(step, n)).RunAsync(message?.Key ?? default, None));

        await world.DrainAsync();
        var whileItMayLive = world.Books.Taken.Count;
        await world.MinuteAsync();
        await world.MinuteAsync();
        await world.MinuteAsync();

        Assert.Equal(Enumerable.Repeat($"{Id}|firing", expected), world.Books.Taken);
        Assert.Equal(step == "send" ? 0 : 1, whileItMayLive);
        Assert.Equal(DeliveryState.Delivered, (await FindAsync(world))?.Delivery(AlertNotice.Firing, "books")?.State);
        Assert.Equal(0, await world.Table(Mortality.None).RequeueAsync(10, None));
    }

    [Fact]
    public async Task RunAsync_GivenASinkThatComesBack_TriesLaterAndLater()
    {
        var world = await AlertWorld.NewAsync(store);
        world.Books.Answers = n => n < 4 ? new SinkAnswer($"No {n}.") : SinkAnswer.Delivered;
        await world.Table(Mortality.None).RaiseAsync(AlertWorld.AlertOf(Scope), None);
        var tries = new List<(int, string?)>();

        foreach (var seconds in new[] { 0, 1, 4, 1, 29, 1 })
        {
            world.Time.Advance(TimeSpan.FromSeconds(seconds));
            await world.DrainAsync();
            var delivery = (await FindAsync(world))?.Delivery(AlertNotice.Firing, "books");
            tries.Add((delivery?.Attempts ?? 0, delivery?.Error));
        }

        Assert.Equal([(1, "No 1."), (2, "No 2."), (2, "No 2."), (3, "No 3."), (3, "No 3."), (4, null)], tries);
        Assert.Equal(0, await world.Table(Mortality.None).UndeliveredAsync(None));
    }

    [Fact]
    public async Task RunAsync_GivenASinkThatIsDownForADay_GivesUpAndShowsItUntilItIsAcknowledged()
    {
        var world = await AlertWorld.NewAsync(store);
        var (table, other) = (world.Table(Mortality.None), new SinkBooks());
        world.Books.Answers = static _ => new SinkAnswer("down");
        IAlertSink[] sinks = [world.Books.Seen(Mortality.None), other.Seen(Mortality.None, "other")];
        await table.RaiseAsync(AlertWorld.AlertOf(Scope), None);

        for (var hour = 0; hour < 26; hour++)
        {
            await world.DrainAsync(sinks);
            world.Time.Advance(TimeSpan.FromHours(1));
        }

        var kept = await FindAsync(world);
        var shown = (await table.UndeliveredAsync(None), (await table.PageAsync(null, true, 10, null, None)).Alerts.Count);
        await table.AcknowledgeAsync(AlertWorld.AlertOf(Scope).Key, "ann", None);

        Assert.Equal((DeliveryState.Undelivered, "down"), (kept?.Delivery(AlertNotice.Firing, "books")?.State, kept?.Delivery(AlertNotice.Firing, "books")?.Error));
        Assert.Equal([$"{Id}|firing"], other.Taken);
        Assert.Equal(((1, 1), 0, 0), (shown, await table.UndeliveredAsync(None), world.Queue.Count));
    }

    [Fact]
    public async Task RunAsync_GivenASilence_DeliversNeitherTheAlertNorItsRecovery()
    {
        var world = await AlertWorld.NewAsync(store);
        var table = world.Table(Mortality.None);
        await table.SilenceAsync(Silence(rule: "threshold-80", hours: 1), None);
        await table.RaiseAsync(AlertWorld.AlertOf(Scope), None);
        await table.RaiseAsync(AlertWorld.AlertOf(Scope, "threshold-90"), None); // of another rule

        await world.DrainAsync();
        world.Time.Advance(TimeSpan.FromHours(2));
        await table.RecoverAsync(AlertWorld.RecoveryOf(Scope), None);
        await world.DrainAsync();

        var kept = await FindAsync(world);
        Assert.Equal([Id.Replace("80", "90", StringComparison.Ordinal) + "|firing"], world.Books.Taken);
        Assert.Equal((DeliveryState.Silenced, "moving house"), (kept?.Delivery(AlertNotice.Firing, "books")?.State, kept?.Delivery(AlertNotice.Firing, "books")?.Error));
        Assert.Equal(DeliveryState.Silenced, kept?.Delivery(AlertNotice.Recovered, "books")?.State);
        Assert.Empty(await table.SilencesAsync(None));
    }

    [Fact]
    public async Task RunAsync_GivenASinkForErrors_SendsItNoWarningAndNoRecoveryOfOne()
    {
        var world = await AlertWorld.NewAsync(store);
        var sink = world.Books.Seen(Mortality.None, "strict", AlertSeverity.Error);
        var table = world.Table(Mortality.None);
        await table.RaiseAsync(AlertWorld.AlertOf("warning"), None);
        await table.RaiseAsync(AlertWorld.AlertOf("error", severity: AlertSeverity.Error), None);
        await table.RaiseAsync(AlertProof.Weekly(AlertWorld.Start), None);
        await world.DrainAsync(sink);
        await table.RecoverAsync(AlertWorld.RecoveryOf("warning"), None);
        await table.RecoverAsync(AlertWorld.RecoveryOf("error"), None);
        await world.DrainAsync(sink);

        Assert.Equal(["error|2026-11|threshold-80|firing", "costmonitor|2026-W47|proof|firing", "error|2026-11|threshold-80|recovered"], world.Books.Taken);
    }

    [Fact]
    public async Task PageAsync_GivenSeveralAlerts_ListsTheNewestFirstAndByState()
    {
        var world = await AlertWorld.NewAsync(store);
        var table = world.Table(Mortality.None);
        for (var i = 0; i < 3; i++) await table.RaiseAsync(AlertWorld.AlertOf($"s{i}") with { At = AlertWorld.Start.AddMinutes(i) }, None);
        await table.RecoverAsync(AlertWorld.RecoveryOf("s1"), None);

        var first = await table.PageAsync(null, false, 2, null, None);
        var second = await table.PageAsync(null, false, 2, first.Continuation, None);
        var recovered = await table.PageAsync(AlertNotice.Recovered, false, 10, null, None);
        var firing = await table.PageAsync(AlertNotice.Firing, false, 10, null, None);

        Assert.Equal(["s2", "s1", "s0"], first.Alerts.Concat(second.Alerts).Select(a => a.Key.Scope));
        Assert.Null(second.Continuation);
        Assert.Equal(["s1"], recovered.Alerts.Select(a => a.Key.Scope));
        Assert.Equal(["s2", "s0"], firing.Alerts.Select(a => a.Key.Scope));
    }

    private static AlertSilence Silence(string rule, int hours) => new()
    {
        Id = "0123456789ab", Rule = rule, Created = AlertWorld.Start, Until = AlertWorld.Start.AddHours(hours), Reason = "moving house",
    };

    private static Task<KeptAlert?> FindAsync(AlertWorld world) => world.Table(Mortality.None).FindAsync(AlertWorld.AlertOf(Scope).Key, None);
}
