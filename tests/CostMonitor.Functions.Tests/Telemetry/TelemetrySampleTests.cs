using CostMonitor.Functions.Telemetry;
using CostMonitor.Functions.Tests.Running;

namespace CostMonitor.Functions.Tests.Telemetry;

/// <summary>What leaves the app is what its registry of names says, all of it and no more, and nothing that is nobody's business.</summary>
public sealed class TelemetrySampleTests(TelemetrySample sample) : IClassFixture<TelemetrySample>
{
    public static TheoryData<string> Names => [.. TelemetryNames.All.Select(static e => e.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Sent_OfAName_HoldsWhatTheRegistrySays(string name)
    {
        var entry = TelemetryNames.All.Single(e => e.Name == name);
        var sent = sample.Items.Where(i => i.Name == name).ToArray();

        Assert.NotEmpty(sent);
        Assert.All(sent, i => Assert.Equal(entry.Kind, i.Kind));
        Assert.Equal(entry.Dimensions.Append(TelemetryNames.InvocationId).Order(), sent.SelectMany(static i => i.Dimensions.Keys).Distinct().Order());
        Assert.Equal(entry.Numbers.Order(), sent.SelectMany(static i => i.Numbers.Keys).Distinct().Order());
    }

    [Fact]
    public void Sent_HoldsNoNameThatTheRegistryLacks() =>
        Assert.Empty(sample.Items.Select(static i => i.Name).Distinct().Except(TelemetryNames.All.Select(static e => e.Name)));

    [Fact]
    public void Sent_HoldsNothingOfPromptsAnswersUsersAndKeys()
    {
        Assert.NotEmpty(sample.Completions);
        foreach (var secret in sample.Completions.Concat(["zebrafish", "Name a colour", "Name a town", TelemetrySample.User, TelemetrySample.Key]))
        {
            Assert.DoesNotContain(sample.Items, i => i.Text.Contains(secret, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void Sent_IsFoundByTheInvocationThatSentIt() => Assert.All(sample.Items, i =>
    {
        var invocation = Assert.Contains(TelemetryNames.InvocationId, i.Dimensions);
        Assert.Contains(invocation, sample.Invocations);
        Assert.Equal((invocation, "costmonitor"), (i.Tags["ai.operation.id"], i.Tags["ai.cloud.role"]));
    });

    [Fact]
    public void Sent_IsNotSampled() => Assert.All(sample.Items, static i => Assert.DoesNotContain("sampleRate", i.Text, StringComparison.Ordinal));

    [Fact]
    public void Sent_GoesWhereTheConnectionStringSays() => Assert.All(sample.Paths, static p => Assert.Matches(@"^/v2(\.1)?/track$", p));

    [Theory]
    [InlineData(TelemetryNames.Run, 1000)]
    [InlineData(TelemetryNames.ModelRequest, 660)]
    [InlineData(TelemetryNames.QueueLength, 540)]
    public void Sent_OfAName_IsAsSmallAsTheDocsSay(string name, double bytes) =>
        Assert.InRange(sample.Items.Where(i => i.Name == name).Average(static i => System.Text.Encoding.UTF8.GetByteCount(i.Text)), 0.8 * bytes, 1.2 * bytes);

    [Fact]
    public void Sent_BeforeTheInvocationIsAnswered() => Assert.Equal(AppFixture.CanaryRuns, sample.RunsAtTheAnswer);

    [Fact]
    public void Sent_OfRuns_TellsHowEachEnded()
    {
        var ends = sample.Items.Where(static i => i.Name == TelemetryNames.Run).Select(static i => (i.Dimensions["outcome"], i.Dimensions.GetValueOrDefault("failedAt"))).Distinct().Order();

        Assert.Equal([("cached", null), ("failed", "connect"), ("failed", "provider"), ("invalid", "validate"), ("ok", null), ("refused", "admission")], ends);
    }

    [Fact]
    public void Sent_OfARunWithoutAPrice_HoldsNoCost()
    {
        var runs = sample.Items.Where(static i => i.Name == TelemetryNames.Run && i.Dimensions["model"] == "sim:unpriced").ToArray();

        Assert.Equal(2, runs.Length);
        Assert.All(runs, static r => Assert.Equal(("false", false), (r.Dimensions["priced"], r.Numbers.ContainsKey("costUsd"))));
    }

    [Fact]
    public void Sent_OfAnAlertForAUsersBudget_NamesTheBudgetAlone()
    {
        var scopes = sample.Items.Where(static i => i.Name == TelemetryNames.AlertSent).Select(static i => i.Dimensions["scope"]).Distinct();

        Assert.Contains("budget:users", scopes);
        Assert.Contains("model:sim:down", scopes);
    }

    [Fact]
    public void Sent_OfModelRequests_TellsOfEachAttempt()
    {
        var requests = sample.Items.Where(static i => i.Kind == TelemetryKind.Dependency).ToLookup(static i => i.Dimensions["model"]);

        Assert.All(requests["sim:small-latest"], static i => Assert.Equal(("chat small-latest", "swedencentral", true), (i.Data.GetProperty("name").GetString(), i.Dimensions["region"], i.Data.GetProperty("success").GetBoolean())));
        Assert.All(requests["openai:unreachable"], static i => Assert.Equal(("127.0.0.1", "connect", false), (i.Data.GetProperty("target").GetString(), i.Dimensions["failedAt"], i.Data.GetProperty("success").GetBoolean())));
        var attempts = sample.Items.Where(static i => i.Name == TelemetryNames.Run).Sum(static i => i.Numbers["attempts"]);
        Assert.Equal(attempts, requests.Sum(static r => r.Count()));
    }
}
