namespace CostMonitor.Cli.Tests.Commands;

public sealed class AlertsCommandTests
{
    private const string Alert = """
        {"id":"budget:search|2026-11|threshold-80","state":"firing","scope":"budget:search","period":"2026-11","rule":"threshold-80","severity":"warning","at":"2026-11-21T09:00:00+00:00",
         "title":"search at 80 %","text":"","facts":[],"acknowledged":{"by":"ann"},
         "deliveries":[{"notice":"firing","sink":"a","state":"delivered"},{"notice":"firing","sink":"b","state":"pending"},{"notice":"firing","sink":"c","state":"delivered"}]}
        """;

    private const string Silence = """{"id":"0123456789ab","rule":"threshold-80","created":"2026-11-21T09:00:00Z","until":"2026-11-21T18:00:00Z","reason":"moving"}""";

    [Fact]
    public async Task List_GivenAlerts_PrintsThemAndThatThereAreMore()
    {
        await using var app = await AnsweringApp.StartAsync($$"""{"alerts":[{{Alert}}],"continuation":"x"}""");

        var result = await Costmon.RunAsync("alerts", "list", "--state", "firing", "--top", "1", "--app", app.Address);

        Assert.Equal(
            """
            ╭───────────────────────────┬────────┬──────────┬────────────────┬────────────────────────┬─────────────────┬────────────────────────────────────╮
            │ at                        │ state  │ severity │ title          │ deliveries             │ acknowledged by │ id                                 │
            ├───────────────────────────┼────────┼──────────┼────────────────┼────────────────────────┼─────────────────┼────────────────────────────────────┤
            │ 2026-11-21T09:00:00+00:00 │ firing │ warning  │ search at 80 % │ 2 delivered, 1 pending │ ann             │ budget:search|2026-11|threshold-80 │
            ╰───────────────────────────┴────────┴──────────┴────────────────┴────────────────────────┴─────────────────┴────────────────────────────────────╯

            """,
            result.Output);
        Assert.Equal((0, "There are more; ask for more with --top.", "GET /api/alerts?state=firing&top=1"), (result.ExitCode, result.Words.Trim(), Assert.Single(app.Asked).Request));
    }

    [Fact]
    public async Task List_GivenAnUnknownState_AsksNothing()
    {
        await using var app = await AnsweringApp.StartAsync("{}");

        var result = await Costmon.RunAsync("alerts", "list", "--state", "loud", "--app", app.Address);

        Assert.Equal((2, 0), (result.ExitCode, app.Asked.Count));
    }

    [Fact]
    public async Task Ack_GivenAnId_SendsItEscaped()
    {
        await using var app = await AnsweringApp.StartAsync(Alert);

        var result = await Costmon.RunAsync("alerts", "ack", "budget:search|2026-11|threshold-80", "--by", "ann", "--app", app.Address, "--json");

        Assert.Equal(("POST /api/alerts/budget:search%7C2026-11%7Cthreshold-80/acknowledge", """{"by":"ann"}"""), Assert.Single(app.Asked));
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Silence_GivenARule_SendsItAndPrintsTheSilence()
    {
        await using var app = await AnsweringApp.StartAsync(Silence, 201);

        var result = await Costmon.RunAsync("alerts", "silence", "--rule", "threshold-80", "--until", "2026-11-21T18:00:00Z", "--reason", "moving", "--app", app.Address);

        Assert.Equal(("POST /api/alerts/silences", """{"rule":"threshold-80","until":"2026-11-21T18:00:00Z","reason":"moving"}"""), Assert.Single(app.Asked));
        Assert.Equal(
            """
            ╭──────────────┬───────┬──────────────┬──────────────────────┬────────╮
            │ id           │ scope │ rule         │ until                │ reason │
            ├──────────────┼───────┼──────────────┼──────────────────────┼────────┤
            │ 0123456789ab │       │ threshold-80 │ 2026-11-21T18:00:00Z │ moving │
            ╰──────────────┴───────┴──────────────┴──────────────────────┴────────╯

            """,
            result.Output);
    }

    [Fact]
    public async Task Silence_GivenAnEnd_EndsItAndPrintsTheRest()
    {
        await using var app = await AnsweringApp.StartAsync("""{"silences":[]}""");

        var result = await Costmon.RunAsync("alerts", "silence", "--end", "0123456789ab", "--app", app.Address);

        Assert.Equal(["DELETE /api/alerts/silences/0123456789ab", "GET /api/alerts/silences"], app.Asked.Select(a => a.Request));
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData(0, """{"sinks":[{"name":"ops","kind":"teams","delivered":true}]}""", "│ ops  │ teams │ delivered │")]
    [InlineData(1, """{"sinks":[{"name":"ops","kind":"teams","delivered":false,"error":"example.com answered 500"}]}""", "│ ops  │ teams │ example.com answered 500 │")]
    public async Task Test_GivenWhatTheSinksAnswered_FailsWhenOneFailed(int expected, string answer, string row)
    {
        await using var app = await AnsweringApp.StartAsync(answer);

        var result = await Costmon.RunAsync("alerts", "test", "--app", app.Address);

        Assert.Equal((expected, "POST /api/alerts/test"), (result.ExitCode, Assert.Single(app.Asked).Request));
        Assert.Contains(row, result.Output, StringComparison.Ordinal);
    }
}
