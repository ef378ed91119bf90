using System.Globalization;
using System.Text.Json;

namespace CostMonitor.Cli.Tests.Commands;

public sealed class BenchCommandTests : IDisposable
{
    private const int Runs = 2 + 3 * 8 * 2; // a warm-up for each of two models, then three prompts eight times for each

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Bench_GivenOneSeedTwice_GivesTheSamePlanAndTheSameFigures()
    {
        var plans = await Task.WhenAll(PlanAsync(), PlanAsync());
        var benches = await Task.WhenAll(BenchAsync("a.jsonl", "--json"), BenchAsync("b.jsonl", "--json"));

        Assert.Equal(plans[0], plans[1]);
        Assert.All(benches, b => Assert.Equal(0, b.ExitCode));
        Assert.Equal(benches[0].Output, benches[1].Output);
        var total = JsonElement.Parse(benches[0].Output).GetProperty("total");
        Assert.Equal((Runs - 2, 2), (total.GetProperty("runs").GetInt32(), total.GetProperty("warmUps").GetInt32()));
        Assert.InRange(total.GetProperty("failed").GetInt32(), 1, 15); // a fifth of the larger model's 24 calls, as it is set up
    }

    [Fact]
    public async Task Bench_GivenAKillInItsMidst_ResumesToExactlyThePlannedRuns()
    {
        await KillInItsMidstAsync();
        var left = await File.ReadAllTextAsync(_folder.Of("killed.jsonl"));
        var whole = left[..(left.LastIndexOf('\n') + 1)];
        await File.WriteAllTextAsync(_folder.Of("killed.jsonl"), whole + """{"id":"bench-little-42.0000"""); // as a kill in mid-write leaves it

        var refused = await BenchAsync("killed.jsonl", "--json");
        var resumed = await BenchAsync("killed.jsonl", "--json", "--resume");

        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("--resume", refused.Words, StringComparison.Ordinal);
        Assert.Equal(0, resumed.ExitCode);
        var lines = await File.ReadAllLinesAsync(_folder.Of("killed.jsonl"));
        Assert.Equal(
            Enumerable.Range(0, Runs).Select(i => $"bench-little-42.{i:D6}"),
            lines.Select(l => JsonElement.Parse(l).GetProperty("id").GetString()).Order(StringComparer.Ordinal));
        Assert.StartsWith(whole, await File.ReadAllTextAsync(_folder.Of("killed.jsonl")), StringComparison.Ordinal); // what was measured stays
        Assert.Equal(Runs - 2, JsonElement.Parse(resumed.Output).GetProperty("total").GetProperty("runs").GetInt32());
    }

    [Fact]
    public async Task Bench_GivenAFinishedFile_ResumesWithNothingToDo()
    {
        var first = await BenchAsync("done.jsonl", "--json");
        var before = await File.ReadAllTextAsync(_folder.Of("done.jsonl"));

        var again = await BenchAsync("done.jsonl", "--json", "--resume");

        Assert.Equal((0, first.Output), (again.ExitCode, again.Output));
        Assert.Equal(before, await File.ReadAllTextAsync(_folder.Of("done.jsonl")));
    }

    [Fact]
    public async Task Bench_GivenABudget_NeverSpendsMoreAndGoesOnWithAHigherOne()
    {
        var plan = _folder.Write("capped.json", (await File.ReadAllTextAsync(Input("plan.json"))).Replace("\"timeoutSeconds\"", "\"parameters\": { \"maxOutputTokens\": 12 }, \"timeoutSeconds\"", StringComparison.Ordinal));
        File.Copy(Input("prompts.csv"), _folder.Of("prompts.csv"));
        Task<Costmon.Result> CappedAsync(string file, params string[] more) => Costmon.RunAsync(["bench", plan, "--models", Input("models.json"), "--out", _folder.Of(file), "--json", .. more]);
        var whole = JsonElement.Parse((await CappedAsync("whole.jsonl")).Output).GetProperty("total").GetProperty("costUsd").GetDecimal();
        var half = whole / 2;

        var stopped = await CappedAsync("budget.jsonl", "--budget", half.ToString(CultureInfo.InvariantCulture));
        var resumed = await CappedAsync("budget.jsonl", "--resume", "--budget", (2 * whole).ToString(CultureInfo.InvariantCulture));

        var spent = JsonElement.Parse(stopped.Output).GetProperty("total").GetProperty("costUsd").GetDecimal();
        Assert.InRange(spent, 0.000001m, half);
        Assert.Equal(1, stopped.ExitCode);
        Assert.Contains("runs were not made, with a budget of", stopped.Words, StringComparison.Ordinal);
        Assert.Equal(0, resumed.ExitCode);
        Assert.Equal(Runs, (await File.ReadAllLinesAsync(_folder.Of("budget.jsonl"))).Length);
    }

    [Fact]
    public async Task Bench_GivenTheRunsOfAnotherPlan_RefusesToResume()
    {
        await BenchAsync("other.jsonl");
        var other = _folder.Write("plan.json", (await File.ReadAllTextAsync(Input("plan.json"))).Replace("\"seed\": 42", "\"seed\": 43", StringComparison.Ordinal));
        File.Copy(Input("prompts.csv"), _folder.Of("prompts.csv"));

        var result = await Costmon.RunAsync("bench", other, "--models", Input("models.json"), "--out", _folder.Of("other.jsonl"), "--resume");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("holds runs of another plan, such as bench-little-42.", result.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_GivenCsv_WritesARowForEachRunUnderTheHeader()
    {
        await BenchAsync("csv.jsonl", "--csv", _folder.Of("runs.csv"));

        var lines = await File.ReadAllLinesAsync(_folder.Of("runs.csv"));
        Assert.Equal(
            "request_id,ts,provider,model,prompt,category,repetition,phase,status,failed_at,error_type,latency_ms,ttft_ms,ttfc_ms,queue_wait_ms,"
            + "tokens_in,tokens_out,usage_estimated,cost_usd,pricing_label,compliant,check_score,diversity_proxy,attempts,limiter_wait_ms,retry_wait_ms,route,cached,saved_usd,"
            + "team,app,feature,user,experiment,priority",
            lines[0]);
        Assert.Equal(Runs, lines.Length - 1);
        Assert.StartsWith("bench-little-42.000000,", lines[1], StringComparison.Ordinal);
        Assert.All(lines, l => Assert.Equal(35, l.Split(',').Length));
    }

    public void Dispose() => _folder.Dispose();

    private async Task KillInItsMidstAsync()
    {
        using var bench = Costmon.Start(new Dictionary<string, string>(), BenchArguments("killed.jsonl", "--real-time"));
        var pipes = Task.WhenAll(bench.StandardOutput.ReadToEndAsync(), bench.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(Patience);
        while (!File.Exists(_folder.Of("killed.jsonl")) || LinesSoFar() < 5) await Task.Delay(Poll, patience.Token);
        bench.Kill(); // SIGKILL
        await bench.WaitForExitAsync(patience.Token);
        await pipes;
        Assert.InRange(LinesSoFar(), 5, Runs - 1);
    }

    private int LinesSoFar()
    {
        using var file = new StreamReader(new FileStream(_folder.Of("killed.jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return file.ReadToEnd().Count(c => c == '\n');
    }

    private static async Task<string> PlanAsync() =>
        (await Costmon.RunAsync("plan", Input("plan.json"), "--models", Input("models.json"), "--json")).Output;

    private Task<Costmon.Result> BenchAsync(string file, params string[] more) => Costmon.RunAsync(BenchArguments(file, more));

    private string[] BenchArguments(string file, params string[] more) =>
        ["bench", Input("plan.json"), "--models", Input("models.json"), "--out", _folder.Of(file), .. more];

    private static string Input(string name) => Path.Combine(AppContext.BaseDirectory, "Commands", "Expected", name);
}
