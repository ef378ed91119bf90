using System.Net;
using CostMonitor.Functions.Tests.Running;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Functions.Tests.Api;

public sealed class SelfTestApiTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Storage_GivenAWorkingApp_IsPassedAndLeavesNothing()
    {
        var result = await app.PostAsync("/api/selftest/storage", "{}", HttpStatusCode.OK);

        Assert.True(result.GetProperty("passed").GetBoolean(), result.GetRawText());
        Assert.Empty(result.GetProperty("problems").EnumerateArray());
        Assert.Empty(await app.Account.Table("SelfTest").QueryAsync("", null, CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task Canary_GivenAWorkingApp_IsPricedAndEntersNoFigureAndNoSpend()
    {
        var before = (await app.GetAsync("/api/summary")).GetProperty("total").GetRawText();
        var ledgers = await LedgersAsync();

        var result = await app.PostAsync("/api/selftest/canary", "{}", HttpStatusCode.OK);

        Assert.True(result.GetProperty("passed").GetBoolean(), result.GetRawText());
        Assert.Equal("sim:small-latest", result.GetProperty("model").GetString());
        Assert.True(result.GetProperty("simulatedCostUsd").GetDecimal() > 0);
        Assert.Equal(before, (await app.GetAsync("/api/summary")).GetProperty("total").GetRawText());
        Assert.Equal(ledgers, await LedgersAsync());
        Assert.Empty(await app.Account.Table("Runs").QueryAsync(TableFilter.Create($"RowKey ge {"canary-self-test"} and RowKey lt {"canary-self-tesu"}"), null, CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task Budget_GivenNoModelOfTheAppsOwnThatIsSimulated_ProvesThatItBlocks()
    {
        var models = Path.GetTempFileName();
        await File.WriteAllTextAsync(models, """{"capabilities":{"c":{}},"models":[{"model":"openai:a","api":"openai","endpoint":"https://a.test/","keySetting":"NO_SUCH_KEY_IS_SET","capabilities":"c"}]}""");
        await using var process = await AppProcess.StartAsync(new Dictionary<string, string>(app.Settings) { ["ModelsFile"] = models });

        using var answer = await process.Http.PostAsync(new Uri("/api/budgets/selftest", UriKind.Relative), new StringContent("{}"));
        var result = await AppFixture.ReadAsync(answer, HttpStatusCode.OK);

        Assert.True(result.GetProperty("passed").GetBoolean(), result.GetRawText());
        File.Delete(models);
    }

    [Fact]
    public async Task Budget_GivenPricesWithoutTheSimulatedModel_SaysWhatItNeeds()
    {
        var prices = Directory.CreateTempSubdirectory("costmon-prices-");
        await File.WriteAllTextAsync(Path.Combine(prices.FullName, "sim.json"), """
            {"provider":"sim","models":[{"model":"other","prices":[{"label":"x","effectiveFrom":"2026-01-01","checked":"2026-01-01","source":"a test","currency":"USD","perMillionTokens":{"input":1,"output":1}}]}]}
            """);
        await using var process = await AppProcess.StartAsync(new Dictionary<string, string>(app.Settings) { ["PricesFolder"] = prices.FullName });

        using var answer = await process.Http.PostAsync(new Uri("/api/budgets/selftest", UriKind.Relative), new StringContent("{}"));
        var problem = await AppFixture.ReadAsync(answer, HttpStatusCode.Conflict);

        Assert.Equal("The self-test needs a price of sim:large-latest: the price file of sim that is in force has none.", problem.GetProperty("title").GetString());
        prices.Delete(recursive: true);
    }

    private async Task<string[]> LedgersAsync() =>
        [.. (await app.GetAsync("/api/ledgers?all=true")).GetProperty("ledgers").EnumerateArray().Select(l => $"{l.GetProperty("budget")}: {l.GetProperty("settledUsd")}, {l.GetProperty("calls")} calls")];
}
