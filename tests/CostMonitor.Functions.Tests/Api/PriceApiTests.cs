using System.Net;
using System.Text;
using System.Text.Json;
using CostMonitor.Functions.Tests.Running;

namespace CostMonitor.Functions.Tests.Api;

public sealed class PriceApiTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Prices_GivenADay_AreTheRowsOfThatDay()
    {
        var old = await app.GetAsync("/api/prices?model=openai:gpt-4o&day=2024-06-01");

        var gpt4O = Assert.Single(old.GetProperty("prices").EnumerateArray(), p => p.GetProperty("model").GetString() == "openai:gpt-4o");
        Assert.Equal(15m, gpt4O.GetProperty("price").GetProperty("perMillionTokens").GetProperty("output").GetDecimal());
    }

    [Fact]
    public async Task Prices_GivenNoDay_SaysWhatWasExpected()
    {
        var problem = await app.GetAsync("/api/prices?day=today", HttpStatusCode.BadRequest);

        Assert.Equal("Expected a day as 2026-11-21, got 'today'.", problem.GetProperty("faults")[0].GetProperty("problem").GetString());
    }

    [Fact]
    public async Task Put_GivenAPriceFile_PricesTheNextCallsByIt()
    {
        await PutAsync("new-provider", File("new-provider", "one", "3"), HttpStatusCode.NoContent);

        var rows = (await app.GetAsync("/api/prices?model=new-provider:")).GetProperty("prices");

        Assert.Equal(3m, Assert.Single(rows.EnumerateArray()).GetProperty("price").GetProperty("perMillionTokens").GetProperty("input").GetDecimal());
    }

    [Fact]
    public async Task Put_GivenAFaultyFile_SaysAllAndLeavesTheLastGoodOneInForce()
    {
        await PutAsync("careful", File("careful", "one", "3"), HttpStatusCode.NoContent);

        var problem = await PutAsync("careful", File("careful", "one two", "-1"), HttpStatusCode.BadRequest);
        var rows = (await app.GetAsync("/api/prices?model=careful:")).GetProperty("prices");

        Assert.Contains("'careful:one two' is no model", problem.GetProperty("faults")[0].GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal("careful:one", Assert.Single(rows.EnumerateArray()).GetProperty("model").GetString());
    }

    [Fact]
    public async Task Put_GivenAnotherProvidersFile_Refuses()
    {
        var problem = await PutAsync("one", File("other", "m", "3"), HttpStatusCode.BadRequest);

        Assert.Equal("Expected 'one' as in the address, got 'other'.", problem.GetProperty("faults")[0].GetProperty("problem").GetString());
    }

    private async Task<JsonElement> PutAsync(string provider, string file, HttpStatusCode expected)
    {
        using var content = new StringContent(file, Encoding.UTF8, "application/json");
        using var answer = await app.Http.PutAsync(new Uri($"/api/prices/{provider}", UriKind.Relative), content);
        if (expected != HttpStatusCode.NoContent) return await AppFixture.ReadAsync(answer, expected);
        Assert.Equal(expected, answer.StatusCode);
        return default;
    }

    private static string File(string provider, string model, string input) => $$"""
        { "provider": "{{provider}}", "models": [ { "model": "{{model}}", "prices": [
          { "label": "l", "effectiveFrom": "2020-01-01", "checked": "2026-11-21", "source": "test", "currency": "USD",
            "perMillionTokens": { "input": {{input}}, "output": 1 } } ] } ] }
        """;
}
