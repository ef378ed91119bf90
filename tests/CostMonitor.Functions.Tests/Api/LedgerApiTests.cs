using System.Net;
using System.Text.Json;
using CostMonitor.Functions.Tests.Running;

namespace CostMonitor.Functions.Tests.Api;

/// <summary>What the API says about the sample budgets, of which "all" has a month and a derived day, and "model-day" one for each model.</summary>
public sealed class LedgerApiTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Ledgers_GivenABatch_HoldWhatItsRecordsCost()
    {
        var before = await RecordedAsync();
        await app.RunBatchAsync("booked", 12);

        var cost = await CostAsync("booked");
        var after = await ReconcileAsync();
        var states = await app.GetAsync("/api/ledgers");

        Assert.True(cost > 0, "The models have no price.");
        Assert.True(after.GetProperty("agrees").GetBoolean());
        Assert.All(after.GetProperty("ledgers").EnumerateArray(), static l => Assert.Equal((0m, 0m, false), (Of(l, "differenceUsd"), Of(l, "openUsd"), l.GetProperty("wrong").GetBoolean())));
        Assert.Equal(before + cost, Of(Ledger(after, "all|" + Month), "recordedUsd"));
        Assert.Equal(Of(Ledger(after, "all.day|"), "recordedUsd"), Of(Ledger(after, "all|" + Month), "recordedUsd"));
        Assert.Equal( // each model's part, and the parts make the whole
            Of(Ledger(after, "all.day|"), "recordedUsd"), after.GetProperty("ledgers").EnumerateArray().Where(static l => Named(l, "ledger").StartsWith("model-day|", StringComparison.Ordinal)).Sum(static l => Of(l, "recordedUsd")));
        var month = states.GetProperty("ledgers").EnumerateArray().Single(static s => Named(s, "budget") == "all");
        Assert.Equal((5000m, true, 0m, 0m), (Of(month, "limitUsd"), month.GetProperty("hard").GetBoolean(), Of(month, "heldUsd"), Of(month, "unconfirmedUsd")));
        Assert.Equal(5000m, Of(month, "settledUsd") + Of(month, "leftUsd"));
        Assert.Equal(JsonValueKind.Null, month.GetProperty("action").ValueKind);
    }

    [Fact]
    public async Task Entries_GivenPagesOfOne_AddUpToTheAccount()
    {
        await app.RunBatchAsync("paged", 4);
        await ReconcileAsync(); // what is settled is written half a second later else
        var path = $"/api/ledgers/all/{Month}/entries?top=1";

        var (entries, before) = (new List<JsonElement>(), "");
        do
        {
            var page = await app.GetAsync(path + before);
            entries.AddRange(page.GetProperty("entries").EnumerateArray());
            before = page.GetProperty("before") is { ValueKind: JsonValueKind.Number } next ? $"&before={next}" : "";
        }
        while (before.Length > 0);

        Assert.Equal(Enumerable.Range(1, entries.Count).Reverse(), entries.Select(static e => e.GetProperty("sequence").GetInt32()));
        Assert.Equal(Of(entries[0], "settledAfterUsd"), entries.Sum(static e => Of(e, "settledUsd")));
        Assert.Equal(Of(entries[0], "heldAfterUsd"), entries.Sum(static e => Of(e, "heldUsd")));
    }

    [Theory]
    [InlineData("/api/ledgers?all=perhaps", HttpStatusCode.BadRequest, "Expected true or false, got 'perhaps'.")]
    [InlineData("/api/ledgers/all/1999-01/entries", HttpStatusCode.NotFound, "all|1999-01|")]
    [InlineData("/api/ledgers/all/1999-01/entries?top=0", HttpStatusCode.BadRequest, "from 1 to 1000")]
    public async Task Get_GivenABadRequest_SaysWhatWasExpected(string path, HttpStatusCode expected, string words)
    {
        var problem = await app.GetAsync(path, expected);

        Assert.Contains(words, $"{problem.GetProperty("title")} {problem}".Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SelfTest_GivenASimulatedModel_PassesTellsNobodyAndLeavesNoBudgetBehind()
    {
        var result = await app.PostAsync("/api/budgets/selftest", "{}", HttpStatusCode.OK);

        Assert.True(result.GetProperty("passed").GetBoolean(), result.GetRawText());
        Assert.InRange(Of(result, "settledUsd"), 0.005m, 0.01m); // the one cent is used, and not passed
        Assert.InRange(result.GetProperty("calls").GetInt32(), 1, 299);
        Assert.Contains("selftest", Named(result, "refusal"), StringComparison.Ordinal);
        var alerts = await app.GetAsync("/api/alerts");
        Assert.DoesNotContain(alerts.GetProperty("alerts").EnumerateArray(), static a => Named(a, "id").Contains("selftest", StringComparison.Ordinal));
        var budgets = await app.GetAsync("/api/budgets");
        Assert.DoesNotContain(budgets.GetProperty("budgets").EnumerateArray(), static b => Named(b.GetProperty("budget"), "id").StartsWith("selftest", StringComparison.Ordinal));
    }

    private static string Month => TimeProvider.System.GetUtcNow().ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);

    private static decimal Of(JsonElement json, string name) => json.GetProperty(name).GetDecimal();

    private static string Named(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";

    private static JsonElement Ledger(JsonElement reconciled, string start) =>
        reconciled.GetProperty("ledgers").EnumerateArray().Single(l => Named(l, "ledger").StartsWith(start, StringComparison.Ordinal));

    private Task<JsonElement> ReconcileAsync() => app.PostAsync("/api/ledgers/reconcile", "{}", HttpStatusCode.OK);

    private async Task<decimal> RecordedAsync() => (await ReconcileAsync()).GetProperty("ledgers").EnumerateArray().Where(static l => Named(l, "ledger").StartsWith("all|", StringComparison.Ordinal)).Sum(static l => Of(l, "recordedUsd"));

    private async Task<decimal> CostAsync(string batch) =>
        (await app.GetAsync($"/api/batches/{batch}/runs?top=1000")).GetProperty("runs").EnumerateArray()
            .Sum(static r => r.TryGetProperty("costUsd", out var cost) && cost.ValueKind == JsonValueKind.Number ? cost.GetDecimal() : 0);
}
