using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CostMonitor.Functions.Tests.Running;
using CostMonitor.Testing.RetailPrices;

namespace CostMonitor.Functions.Tests.PriceTimer;

public sealed class PriceTimerTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task PriceTimer_GivenAnotherPrice_PutsItInForceAndKeepsThePastAsItWas()
    {
        await using var list = await RetailPriceServer.StartAsync(RetailPages.Of(Gpt41("0.0022")));
        await using var fresh = await AppProcess.StartAsync(With(list.Address));

        await FireAsync(fresh);

        Assert.Equal(2.2m, await InputAsync(fresh, Today)); // 0.0022 a thousand
        Assert.Equal(2.0m, await InputAsync(fresh, new DateTime(2026, 10, 1)));
    }

    [Fact]
    public async Task PriceTimer_GivenAPriceAThousandTimesAsHigh_LeavesItOut()
    {
        await using var list = await RetailPriceServer.StartAsync(RetailPages.Of(Gpt41("2")));
        await using var fresh = await AppProcess.StartAsync(With(list.Address));
        var before = await InputAsync(fresh, Today);

        await FireAsync(fresh);

        Assert.Equal(before, await InputAsync(fresh, Today));
    }

    [Fact]
    public async Task PriceTimer_GivenAServiceThatRefuses_LeavesThePricesInForce()
    {
        await using var list = await RetailPriceServer.StartAsync([new RetailReply("no", 403)]);
        await using var fresh = await AppProcess.StartAsync(With(list.Address));
        var before = await InputAsync(fresh, Today);

        await FireAsync(fresh);

        Assert.Equal(before, await InputAsync(fresh, Today));
    }

    private static DateTime Today => TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>All meters of gpt-4.1, global, so that no class of the row disappears.</summary>
    private static JsonObject[] Gpt41(string input) =>
    [
        RetailPages.Item("gpt 4.1 Inp glbl Tokens", input), RetailPages.Item("gpt 4.1 cached Inp glbl Tokens", "0.0005"), RetailPages.Item("gpt 4.1 Outp glbl Tokens", "0.008"),
    ];

    private static async Task FireAsync(AppProcess fresh)
    {
        using var payload = new StringContent(Payloads.Timer("2026-11-23T06:00:00.1Z"), Encoding.UTF8, "application/json");
        using var answer = await fresh.Http.PostAsync(new Uri("/PriceTimer", UriKind.Relative), payload);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<decimal> InputAsync(AppProcess fresh, DateTime day)
    {
        using var answer = await fresh.Http.GetAsync(new Uri($"/api/prices?model=azure-openai:gpt-4.1&day={day:yyyy-MM-dd}", UriKind.Relative));
        var rows = (await AppFixture.ReadAsync(answer, HttpStatusCode.OK)).GetProperty("prices").EnumerateArray();
        return rows.Single(r => r.GetProperty("model").GetString() == "azure-openai:gpt-4.1" && Is(r, "deployment", "global") && !r.GetProperty("price").TryGetProperty("tier", out _))
            .GetProperty("price").GetProperty("perMillionTokens").GetProperty("input").GetDecimal();
    }

    private static bool Is(JsonElement row, string name, string text) => row.GetProperty("price").TryGetProperty(name, out var value) && value.GetString() == text;

    private Dictionary<string, string> With(Uri list) => new(app.Settings) { ["AzurePrices"] = list.ToString() };
}
