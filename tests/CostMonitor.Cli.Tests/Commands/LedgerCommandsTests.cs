namespace CostMonitor.Cli.Tests.Commands;

public sealed class LedgerCommandsTests
{
    private const string Throttled = """
        {"budget":"all","scope":"all","value":"","period":"2026-11","from":"2026-11-01T00:00:00Z","until":"2026-12-01T00:00:00Z","hard":true,"limitUsd":10,"settledUsd":9.5,"directUsd":0.25,
         "heldUsd":0.125,"unconfirmedUsd":0.05,"leftUsd":0.375,"percent":95,"calls":42,"unpriced":0,"settledIsLeast":false,"exhaustedAt":null,"action":"throttle",
         "forecast":{"atEndUsd":13.5,"percent":135,"limitReachedAt":"2026-11-22T00:00:00Z"},"entries":7}
        """;
    private const string Unpriced = """
        {"budget":"team","scope":"team:each","value":"ads","period":"2026-11-21","hard":false,"limitUsd":1,"settledUsd":0.5,"directUsd":0,"heldUsd":0,"unconfirmedUsd":0,"leftUsd":0.5,
         "percent":50,"calls":3,"unpriced":2,"settledIsLeast":true,"exhaustedAt":null,"action":null,"forecast":null,"entries":1}
        """;

    [Fact]
    public async Task State_GivenLedgers_PrintsWhatIsLeftOfEach()
    {
        await using var app = await AnsweringApp.StartAsync($$"""{"ledgers":[{{Throttled}},{{Unpriced}}],"damaged":[]}""");

        var result = await Costmon.RunAsync("budget", "state", "--all", "--app", app.Address);

        Assert.Equal(
            """
            ╭─────────────────────┬───────────┬──────┬────────┬────────────────────────────┬────────┬─────────────┬────────┬─────────┬──────────┬──────────╮
            │ ledger              │ scope     │ kind │  limit │                    settled │   held │ unconfirmed │   left │ percent │ forecast │ in force │
            ├─────────────────────┼───────────┼──────┼────────┼────────────────────────────┼────────┼─────────────┼────────┼─────────┼──────────┼──────────┤
            │ all|2026-11|        │ all       │ hard │ $10.00 │                      $9.50 │ $0.125 │       $0.05 │ $0.375 │    95 % │   $13.50 │ throttle │
            │ team|2026-11-21|ads │ team:each │ soft │  $1.00 │ at least $0.50, 2 unpriced │  $0.00 │       $0.00 │  $0.50 │    50 % │        - │ -        │
            ╰─────────────────────┴───────────┴──────┴────────┴────────────────────────────┴────────┴─────────────┴────────┴─────────┴──────────┴──────────╯

            """,
            result.Output);
        Assert.Equal((0, "GET /api/ledgers?all=true"), (result.ExitCode, Assert.Single(app.Asked).Request));
    }

    [Theory]
    [InlineData("block", "[]", 1)]
    [InlineData("throttle", "[]", 0)]
    [InlineData("throttle", """["The ledger all was changed by hand."]""", 1)]
    public async Task State_GivenABudgetUsedUpOrALedgerChangedByHand_ExitsWithOne(string action, string damaged, int expected)
    {
        await using var app = await AnsweringApp.StartAsync($$"""{"ledgers":[{{Throttled.Replace("throttle", action, StringComparison.Ordinal)}}],"damaged":{{damaged}}}""");

        var result = await Costmon.RunAsync("budget", "state", "--json", "--app", app.Address);

        Assert.Equal((expected, damaged.Length > 2), (result.ExitCode, result.Words.Contains("changed by hand", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("team|2026-11-21|ads & co", "GET /api/ledgers/team/2026-11-21/entries?value=ads%20%26%20co&top=2")]
    [InlineData("all|2026-11", "GET /api/ledgers/all/2026-11/entries?value=&top=2")]
    public async Task Entries_GivenALedger_AsksForIt(string ledger, string expected)
    {
        await using var app = await AnsweringApp.StartAsync("""
            {"ledger":"x","entries":[{"sequence":3,"at":"2026-11-21T12:00:00Z","kind":"commit","worker":"w1","settledUsd":0.5,"directUsd":0,"heldUsd":-0.5,"unconfirmedUsd":0,"calls":4,"unpriced":0,
              "settledAfterUsd":2,"heldAfterUsd":0.25,"unconfirmedAfterUsd":0}],"before":3}
            """);

        var result = await Costmon.RunAsync("budget", "entries", ledger, "--top", "2", "--app", app.Address);

        Assert.Equal((0, expected), (result.ExitCode, Assert.Single(app.Asked).Request));
        Assert.Contains("│ 3     │ 2026-11-21 12:00:00Z │ commit │ w1     │   $0.50 │ $-0.50 │       $0.00 │     4 │         $2.00 │      $0.25 │", result.Output, StringComparison.Ordinal);
        Assert.Contains("There are more", result.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_GivenWhatIsNoLedger_SaysWhatOneLooksLike()
    {
        var result = await Costmon.RunAsync("budget", "entries", "all", "--app", "http://127.0.0.1:1");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("'all'", result.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 0, "yes")]
    [InlineData(false, 1, "NO")]
    public async Task Reconcile_GivenDifferences_ExitsWithOneWhenOneIsWrong(bool agrees, int exitCode, string word)
    {
        await using var app = await AnsweringApp.StartAsync($$"""
            {"agrees":{{(agrees ? "true" : "false")}},"ledgers":[{"ledger":"all|2026-11|","settledUsd":2,"recordedUsd":1.5,"differenceUsd":-0.5,"openUsd":0,"runs":9,"wrong":{{(agrees ? "false" : "true")}}}],"damaged":[]}
            """);

        var result = await Costmon.RunAsync("budget", "reconcile", "--app", app.Address);

        Assert.Equal((exitCode, "POST /api/ledgers/reconcile"), (result.ExitCode, Assert.Single(app.Asked).Request));
        Assert.Contains($"│   $2.00 │          $1.50 │    9 │     $-0.50 │      $0.00 │ {word,-6} │", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_GivenALedger_SaysWhatStandsNow()
    {
        await using var app = await AnsweringApp.StartAsync("""{"ledger":"all|2026-11|","sequence":8,"settledUsd":-1.5,"settledAfterUsd":7}""");

        var result = await Costmon.RunAsync("budget", "accept", "all|2026-11|", "--by", "ann", "--app", app.Address);

        Assert.Equal((0, "POST /api/ledgers/all/2026-11/accept?value=&by=ann"), (result.ExitCode, Assert.Single(app.Asked).Request));
        Assert.Equal("all|2026-11| is accepted with $7.00 settled, $-1.50 of it by hand.", result.Words.Trim());
    }

    [Theory]
    [InlineData(true, 0, "Passed: 20 calls of sim:a cost $0.0099 of $0.01; then: budget selftest is used up")]
    [InlineData(false, 1, "FAILED: 20 calls of sim:a cost $0.0099 of $0.01; then: no call was refused")]
    public async Task SelfTest_GivenItsOutcome_ExitsAccordingly(bool isPassed, int exitCode, string expected)
    {
        await using var app = await AnsweringApp.StartAsync(
            $$"""{"passed":{{(isPassed ? "true" : "false")}},"model":"sim:a","calls":20,"limitUsd":0.01,"settledUsd":0.0099,"refusal":{{(isPassed ? "\"budget selftest is used up\"" : "null")}}}""");

        var result = await Costmon.RunAsync("budget", "selftest", "--app", app.Address);

        Assert.Equal((exitCode, expected), (result.ExitCode, result.Words.Trim()));
    }
}
