using System.Net;
using CostMonitor.Functions.Tests.Running;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Functions.Tests.Api;

/// <summary>A ledger row that somebody changed by hand, in an app of its own: no call is admitted until it is accepted.</summary>
public sealed class DamagedLedgerTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Accept_GivenARowChangedByHand_EndsItsRefusalsOnce()
    {
        await app.RunBatchAsync("sound", 2);
        await app.PostAsync("/api/ledgers/reconcile", "{}", HttpStatusCode.OK);
        var key = await DamageAsync();

        var shown = await app.GetAsync("/api/ledgers");
        var reconciled = await app.PostAsync("/api/ledgers/reconcile", "{}", HttpStatusCode.OK);
        await app.RunBatchAsync("refused", 2);
        var refused = await app.GetAsync("/api/batches/refused/runs");
        var accepted = await app.PostAsync($"/api/ledgers/all/{key}/accept?by=tester", "{}", HttpStatusCode.OK);
        var again = await app.PostAsync($"/api/ledgers/all/{key}/accept?by=tester", "{}", HttpStatusCode.Conflict);
        var nobody = await app.PostAsync($"/api/ledgers/all/{key}/accept", "{}", HttpStatusCode.BadRequest);

        Assert.Contains("its checksum does not agree", Assert.Single(shown.GetProperty("damaged").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.False(reconciled.GetProperty("agrees").GetBoolean());
        Assert.All(refused.GetProperty("runs").EnumerateArray(), static r => Assert.Equal(("failed", "ledger_unavailable"), (r.GetProperty("status").GetString(), r.GetProperty("failure").GetProperty("type").GetString())));
        Assert.Equal(7m, accepted.GetProperty("settledAfterUsd").GetDecimal());
        Assert.Contains("nothing to accept", again.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("who accepts it", nobody.GetRawText(), StringComparison.Ordinal);
        Assert.Empty((await app.GetAsync("/api/ledgers")).GetProperty("damaged").EnumerateArray());
    }

    /// <summary>Sets what the month's account has settled to $7.</summary>
    private async Task<string> DamageAsync()
    {
        var month = TimeProvider.System.GetUtcNow().ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
        var rows = app.Account.Table("Budgets");
        var row = await rows.QueryAsync(TableFilter.Create($"PartitionKey eq {"ledger"} and Budget eq {"all"} and Period eq {month}"), null, CancellationToken.None)
            .FirstAsync(static r => r.RowKey.StartsWith("a|", StringComparison.Ordinal));
        row["SettledUsd"] = "7";
        await rows.InsertOrReplaceAsync(row, CancellationToken.None);
        return month;
    }
}
