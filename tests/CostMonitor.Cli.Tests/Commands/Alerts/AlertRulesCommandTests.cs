using System.Text.Json;

namespace CostMonitor.Cli.Tests.Commands.Alerts;

public sealed class AlertRulesCommandTests
{
    private const string Firing = """
        {"rules":[
          {"name":"p95-latency","metric":"latency-p95","comparison":"above","threshold":3,"window":"01:00:00","enabled":true,"scopes":[
            {"scope":"sim:a","state":"ok","value":0.25,"n":40,"since":"2026-11-21T09:00:00Z"},
            {"scope":"sim:b","state":"firing","value":3.25,"n":25,"since":"2026-11-21T10:00:00Z"}]},
          {"name":"cache-hit-rate","metric":"cache-hit-rate","comparison":"below","threshold":20,"window":"01:00:00","enabled":true,"scopes":[
            {"scope":"","state":"ok","value":null,"n":7,"since":"2026-11-21T09:00:00Z"}]},
          {"name":"daily-cost","metric":"cost","comparison":"above","threshold":166.67,"window":"day","enabled":true,"scopes":[]},
          {"name":"later","metric":"of-a-later-version","comparison":"above","threshold":1.5,"window":"now","enabled":false,"scopes":[]}
        ]}
        """;

    [Fact]
    public async Task Rules_GivenOneThatFires_PrintsWhereEachStandsAndFails()
    {
        await using var app = await AnsweringApp.StartAsync(Firing);

        var result = await Costmon.RunAsync("alerts", "rules", "--app", app.Address);

        Assert.Equal(
            """
            ╭────────────────┬──────────────────────────────┬──────────┬───────┬───────────────┬─────────┬────┬──────────────────────╮
            │ rule           │ fires when                   │ window   │ scope │ state         │ value   │ n  │ since                │
            ├────────────────┼──────────────────────────────┼──────────┼───────┼───────────────┼─────────┼────┼──────────────────────┤
            │ p95-latency    │ latency-p95 above 3 s        │ 01:00:00 │ sim:a │ ok            │ 0.25 s  │ 40 │ 2026-11-21 09:00:00Z │
            │ p95-latency    │ latency-p95 above 3 s        │ 01:00:00 │ sim:b │ firing        │ 3.25 s  │ 25 │ 2026-11-21 10:00:00Z │
            │ cache-hit-rate │ cache-hit-rate below 20 %    │ 01:00:00 │       │ ok            │ unknown │ 7  │ 2026-11-21 09:00:00Z │
            │ daily-cost     │ cost above $166.67           │ day      │       │ not evaluated │         │    │                      │
            │ later          │ of-a-later-version above 1.5 │ now      │       │ switched off  │         │    │                      │
            ╰────────────────┴──────────────────────────────┴──────────┴───────┴───────────────┴─────────┴────┴──────────────────────╯

            """,
            result.Output);
        Assert.Equal((1, "1 rule fires."), (result.ExitCode, result.Words.Trim()));
        Assert.Equal("GET /api/alerts/rules", Assert.Single(app.Asked).Request);
    }

    [Fact]
    public async Task Rules_GivenJson_PrintsTheAnswerAsItIs()
    {
        await using var app = await AnsweringApp.StartAsync(Firing.Replace("\"firing\"", "\"ok\"", StringComparison.Ordinal));

        var result = await Costmon.RunAsync("alerts", "rules", "--json", "--app", app.Address);

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(Firing.Replace("\"firing\"", "\"ok\"", StringComparison.Ordinal)), JsonElement.Parse(result.Output)));
        Assert.Equal((0, ""), (result.ExitCode, result.Words));
    }
}
