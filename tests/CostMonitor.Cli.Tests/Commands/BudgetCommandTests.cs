using System.Text.Json;

namespace CostMonitor.Cli.Tests.Commands;

public sealed class BudgetCommandTests
{
    private const string Search = """{"id":"search","scope":"team:search","period":"rolling","window":"24:00:00","timeZone":"Europe/Berlin","limitUsd":0.5,"hard":false,"thresholds":[{"percent":92.5,"action":"warn"}]}""";
    private const string Listed = $$"""
        {"budgets":[
          {"source":"file","budget":{"id":"all","scope":"all","period":"month","limitUsd":5000,"dailyCapUsd":"derived"} },
          {"source":"api","budget":{{Search}} }],
         "problems":["stored budget x $.scope: broken"]}
        """;

    [Fact]
    public async Task List_GivenBudgets_PrintsThemAndTheProblems()
    {
        await using var app = await AnsweringApp.StartAsync(Listed);

        var result = await Costmon.RunAsync("budget", "list", "--app", app.Address);

        Assert.Equal(
            """
            ╭────────┬─────────────┬───────────────┬───────────────┬──────────┬───────────────────┬──────┬────────────────────────────────────────────┬──────╮
            │ id     │ scope       │ period        │ time zone     │    limit │         daily cap │ kind │ thresholds                                 │ from │
            ├────────┼─────────────┼───────────────┼───────────────┼──────────┼───────────────────┼──────┼────────────────────────────────────────────┼──────┤
            │ all    │ all         │ month         │ UTC           │ $5000.00 │ $166.67 (derived) │ hard │ notice 80, warn 90, throttle 95, block 100 │ file │
            │ search │ team:search │ last 24:00:00 │ Europe/Berlin │    $0.50 │                 - │ soft │ warn 92.5                                  │ api  │
            ╰────────┴─────────────┴───────────────┴───────────────┴──────────┴───────────────────┴──────┴────────────────────────────────────────────┴──────╯

            """,
            result.Output);
        Assert.Equal("stored budget x $.scope: broken", result.Words.Trim());
        Assert.Equal((0, "GET /api/budgets"), (result.ExitCode, Assert.Single(app.Asked).Request));
    }

    [Fact]
    public async Task List_GivenJson_PrintsTheAnswerAsItIs()
    {
        await using var app = await AnsweringApp.StartAsync(Listed);

        var result = await Costmon.RunAsync("budget", "list", "--json", "--app", app.Address);

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(Listed), JsonElement.Parse(result.Output)));
    }

    [Fact]
    public async Task Set_GivenAFileOfBudgets_PutsEachInItsOrder()
    {
        using var folder = new TempFolder();
        await using var app = await AnsweringApp.StartAsync($$"""{"source":"api","budget":{{Search}} }""", 201);

        var result = await Costmon.RunAsync(
            "budget", "set", folder.Write("b.json", $$"""{"budgets":[{{Search}},{"id":"all","scope":"all","period":"day","limitUsd":1}]}"""), "--json", "--app", app.Address);

        Assert.Equal(["PUT /api/budgets/search", "PUT /api/budgets/all"], app.Asked.Select(a => a.Request));
        Assert.Equal(
            """{"id":"search","scope":"team:search","period":"rolling","window":"24:00:00","timeZone":"Europe/Berlin","limitUsd":0.5,"hard":false,"allowUnpriced":[],"thresholds":[{"percent":92.5,"action":"warn"}],"throttling":{"share":0.5,"cheaper":{},"cacheTtlFactor":1},"outputTokens":4096,"hold":"worst-case","overdraftUsd":0,"countUnconfirmed":false}""",
            app.Asked[0].Body);
        Assert.Equal((0, 2), (result.ExitCode, JsonElement.Parse(result.Output).GetProperty("budgets").GetArrayLength()));
        Assert.Equal("Budget search is in force.\nBudget all is in force.", result.Words.Trim());
    }

    [Fact]
    public async Task Set_GivenAFileOfOneBudget_PrintsItAsATable()
    {
        using var folder = new TempFolder();
        await using var app = await AnsweringApp.StartAsync($$"""{"source":"api","budget":{{Search}} }""");

        var result = await Costmon.RunAsync("budget", "set", folder.Write("b.json", Search), "--app", app.Address);

        Assert.Equal(
            """
            ╭────────┬─────────────┬───────────────┬───────────────┬───────┬───────────┬──────┬────────────┬──────╮
            │ id     │ scope       │ period        │ time zone     │ limit │ daily cap │ kind │ thresholds │ from │
            ├────────┼─────────────┼───────────────┼───────────────┼───────┼───────────┼──────┼────────────┼──────┤
            │ search │ team:search │ last 24:00:00 │ Europe/Berlin │ $0.50 │         - │ soft │ warn 92.5  │ api  │
            ╰────────┴─────────────┴───────────────┴───────────────┴───────┴───────────┴──────┴────────────┴──────╯

            """,
            result.Output);
    }

    [Fact]
    public async Task Set_GivenAFaultyFile_NamesAllFaultsAndSendsNothing()
    {
        using var folder = new TempFolder();
        await using var app = await AnsweringApp.StartAsync("{}");

        var result = await Costmon.RunAsync("budget", "set", folder.Write("b.json", """{"id":"A","scope":"all","period":"day","limitUsd":-1}"""), "--app", app.Address);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("b.json $.id: 'A' is no budget id", result.Words, StringComparison.Ordinal);
        Assert.Contains("b.json $.limitUsd: Expected a decimal from 0", result.Words, StringComparison.Ordinal);
        Assert.Empty(app.Asked);
    }

    [Fact]
    public async Task Set_GivenARefusal_SaysItAndEndsWithTwo()
    {
        using var folder = new TempFolder();
        await using var app = await AnsweringApp.StartAsync("""{"title":"The input has faults.","faults":[{"in":"body","at":"$","problem":"It overlaps."}]}""", 400);

        var result = await Costmon.RunAsync("budget", "set", folder.Write("b.json", Search), "--app", app.Address);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("body $: It overlaps.", result.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("false", "Budget a b is removed.")]
    [InlineData("true", "Budget a b is removed. The one of the app's file is in force again.")]
    public async Task Remove_GivenABudget_SaysWhatHoldsNow(string fileInForce, string words)
    {
        await using var app = await AnsweringApp.StartAsync($$"""{"removed":"a b","fileInForce":{{fileInForce}}}""");

        var result = await Costmon.RunAsync("budget", "remove", "a b", "--json", "--app", app.Address);

        Assert.Equal((0, words, "DELETE /api/budgets/a%20b"), (result.ExitCode, result.Words.Trim(), Assert.Single(app.Asked).Request));
        Assert.Equal("a b", JsonElement.Parse(result.Output).GetProperty("removed").GetString());
    }
}
