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
        var ledgers = (await app.GetAsync("/api/ledgers?all=true")).GetProperty("ledgers").GetRawText();

        var result = await app.PostAsync("/api/selftest/canary", "{}", HttpStatusCode.OK);

        Assert.True(result.GetProperty("passed").GetBoolean(), result.GetRawText());
        Assert.Equal("sim:small-latest", result.GetProperty("model").GetString());
        Assert.True(result.GetProperty("simulatedCostUsd").GetDecimal() > 0);
        Assert.Equal(before, (await app.GetAsync("/api/summary")).GetProperty("total").GetRawText());
        Assert.Equal(ledgers, (await app.GetAsync("/api/ledgers?all=true")).GetProperty("ledgers").GetRawText());
        Assert.Empty(await app.Account.Table("Runs").QueryAsync(TableFilter.Create($"RowKey ge {"canary-self-test"} and RowKey lt {"canary-self-tesu"}"), null, CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task Budget_GivenNoSimulatedModelWithAPrice_SaysWhatItNeeds()
    {
        var models = Path.GetTempFileName();
        await File.WriteAllTextAsync(models, """{"models":[{"model":"sim:without-a-price","api":"simulated"}]}""");
        await using var process = await AppProcess.StartAsync(new Dictionary<string, string>(app.Settings) { ["ModelsFile"] = models });

        using var answer = await process.Http.PostAsync(new Uri("/api/budgets/selftest", UriKind.Relative), new StringContent("{}"));
        var problem = await AppFixture.ReadAsync(answer, HttpStatusCode.Conflict);

        Assert.StartsWith("The self-test needs a simulated model that has a price", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
        File.Delete(models);
    }
}
