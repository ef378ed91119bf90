namespace CostMonitor.Cli.Tests.Commands;

public sealed class PlanCommandTests
{
    [Fact]
    public async Task Plan_GivenAPlan_PrintsTheCheckedInRuns()
    {
        var expected = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Commands", "Expected", "plan.runs.json"));

        var result = await Costmon.RunAsync("plan", "Commands/Expected/plan.json", "--models", "Commands/Expected/models.json", "--json");

        Assert.Equal((0, ""), (result.ExitCode, result.Words));
        Assert.Equal(expected, result.Output);
    }
}
