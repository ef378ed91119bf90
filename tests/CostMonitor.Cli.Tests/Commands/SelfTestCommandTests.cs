using System.Text.Json;

namespace CostMonitor.Cli.Tests.Commands;

public sealed class SelfTestCommandTests
{
    private static readonly string[] Requests =
        ["GET /api/health", "POST /api/selftest/storage", "POST /api/selftest/canary", "POST /api/budgets/selftest", "POST /api/alerts/test"];

    [Fact]
    public async Task SelfTest_GivenAnAppThatPasses_ShowsEachStep()
    {
        await using var app = await AnsweringApp.StartAsync(Answer("ok", "true", "true"));

        var result = await Costmon.RunAsync("selftest", "--app", app.Address, "--json");

        Assert.Equal(Requests, app.Asked.Select(a => a.Request));
        var answer = JsonElement.Parse(result.Output);
        Assert.True(answer.GetProperty("passed").GetBoolean());
        Assert.Equal(
            [
                "health: True ok, version 1.2.3", "storage: True a row and a message were written, read and removed", "canary: True sim:small-latest answered in 20.5 ms, recorded at a simulated $0.00012",
                "budget: True 7 simulated calls within $0.01, then: Budget x is used up.", "alerts: True monitor: delivered",
            ],
            answer.GetProperty("steps").EnumerateArray().Select(s => $"{s.GetProperty("step")}: {s.GetProperty("passed").GetBoolean()} {s.GetProperty("found")}"));
        Assert.All(answer.GetProperty("steps").EnumerateArray(), s => Assert.True(s.GetProperty("elapsedMs").GetDouble() > 0));
        Assert.Equal((0, ""), (result.ExitCode, result.Words));
    }

    [Fact]
    public async Task SelfTest_GivenStepsThatFail_MakesTheOthersAndSaysWhatIsWrong()
    {
        await using var app = await AnsweringApp.StartAsync(Answer("faulty", "false", "false", "storage tables at x: A role is missing."), 200);

        var result = await Costmon.RunAsync("selftest", "--app", app.Address);

        Assert.Equal(Requests, app.Asked.Select(a => a.Request));
        Assert.Equal(5, result.Output.Split('\n').Count(l => l.Contains("│ FAILED ", StringComparison.Ordinal)));
        Assert.Contains("storage tables at x: A role is missing.", result.Output, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task SelfTest_GivenAFaultyAppThatAnswers503_ShowsItsProblemsAndFails()
    {
        await using var app = await AnsweringApp.StartAsync("""{"status":"faulty","title":"See /api/health.","problems":["setting X: Its Key Vault reference was not resolved."]}""", 503);

        var result = await Costmon.RunAsync("selftest", "--app", app.Address);

        Assert.Contains("setting X: Its Key Vault reference was not resolved.", result.Output, StringComparison.Ordinal);
        Assert.Equal((1, 5), (result.ExitCode, app.Asked.Count));
    }

    [Fact]
    public async Task SelfTest_GivenAWrongKey_CannotDoItsWork()
    {
        await using var app = await AnsweringApp.StartAsync("""{"title":"Unauthorized"}""", 401);

        var result = await Costmon.RunAsync("selftest", "--app", app.Address);

        Assert.Equal((2, 1, ""), (result.ExitCode, app.Asked.Count, result.Output));
        Assert.Contains("answered 401: Unauthorized", result.Words, StringComparison.Ordinal);
    }

    /// <summary>One answer with what every step reads.</summary>
    private static string Answer(string status, string passed, string delivered, params string[] problems) => $$"""
        {"status":"{{status}}","version":"1.2.3","passed":{{passed}},"problems":[{{string.Join(',', problems.Select(p => $"\"{p}\""))}}],
         "model":"sim:small-latest","latencyMs":20.5,"simulatedCostUsd":0.00012,"calls":7,"limitUsd":0.01,"refusal":"Budget x is used up.",
         "sinks":[{"name":"monitor","kind":"monitor","delivered":{{delivered}}}]}
        """;
}
