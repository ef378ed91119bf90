using System.Text;
using System.Text.Json;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Runs;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Runs;

public sealed class RunJsonTests
{
    private const string Least = """
        {"id":"b.000001","attempt":"00000001-0000-0000-0000-000000000000","plan":"p","provider":"sim","model":"a","prompt":"p1","category":"qa",
         "repetition":0,"phase":"measured","started":"2026-05-01T12:00:00Z","latencyMs":0.0001,"gapsUs":[],"costUsd":null,"checks":[],
         "characters":0,"words":0,"distinctWords":0}
        """;

    [Fact]
    public void Read_GivenAnyRecordThatWasWritten_GivesItBack() =>
        Prop.ForAll(AnyRecord.Generator.ToArbitrary(), run => Same(run, Read(Written(run)))).QuickCheckThrowOnFailure();

    [Fact]
    public void Write_GivenAPlainRun_IsThisText() => Assert.Equal(
        """
        {"id":"bench-1.000003","attempt":"00000003-0000-0000-0000-000000000000","plan":"bench","provider":"sim","model":"a","prompt":"p1",
        "category":"qa","repetition":0,"phase":"measured","started":"2026-05-01T12:00:03Z","status":"succeeded","latencyMs":200,"queueWaitMs":0,
        "gapsUs":[],"usage":{"input":10,"cachedInput":0,"cacheWrite":0,"audioInput":0,"output":20,"reasoning":0,"audioOutput":0,"estimated":false},
        "costUsd":0.001,"pricingLabel":"sim-1","checks":[{"name":"not_empty","passed":true}],"checkScore":1,"compliant":true,"characters":200,
        "words":40,"distinctWords":20,"diversityProxy":0.3}
        """.Replace("\n", "", StringComparison.Ordinal), // (20/40 + 200/2000) / 2 = 0.3
        Written(Records.Plain(3)));

    [Fact]
    public void Write_GivenTagsAndAPriority_NamesThoseThatAreSet()
    {
        var run = Records.Plain(3) with { Tags = new CallTags { Team = "search", User = "u1" }, Priority = CallPriority.Critical };

        Assert.Contains("\"phase\":\"measured\",\"tags\":{\"team\":\"search\",\"user\":\"u1\"},\"priority\":\"critical\",\"started\"", Written(run), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_GivenAChargedRun_NamesTheLedgersAndTheWorkerBesideTheCost()
    {
        var run = Records.Plain(3) with { Ledgers = ["all|2026-05|", "by-team|2026-05|search"], Worker = "w-1" };

        Assert.Contains("""
            "pricingLabel":"sim-1","ledgers":["all|2026-05|","by-team|2026-05|search"],"worker":"w-1","checks":
            """, Written(run), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_GivenUsageThatIsDoubted_KeepsTheReason()
    {
        var run = Records.Plain(3) with { Usage = new(new() { Input = 10, Output = 20 }, IsEstimated: true, "no output is reported") };

        Assert.Contains("\"estimated\":true,\"doubt\":\"no output is reported\"}", Written(run), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_GivenTheLeast_LeavesTheRestUnknown()
    {
        var run = Read(Least);

        Assert.Equal((1L, null, null, null), (run.Timings.EndToEnd.Ticks, run.Usage, run.Failure, run.Cost.Amount)); // 0.0001 ms is one tick
        Assert.Empty(run.Ledgers);
        Assert.Null(run.Worker);
        Assert.Equal((CallTags.None, CallPriority.Normal), (run.Tags, run.Priority));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("5")]
    public void Read_GivenNoRecord_ThrowsAFormatException(string json) => Assert.Throws<FormatException>(() => Read(json));

    [Theory]
    [InlineData("\"b.000001\"", "\"b\"")]
    [InlineData("\"attempt\":\"00000001-", "\"attempt\":\"x-")]
    [InlineData("\"provider\":\"sim\"", "\"provider\":\"S im\"")]
    [InlineData("\"repetition\":0", "\"repetition\":0.5")]
    [InlineData("\"repetition\":0", "\"repetition\":\"0\"")]
    [InlineData("2026-05-01T12:00:00Z", "yesterday")]
    [InlineData("\"latencyMs\":0.0001", "\"latencyMs\":1e300")]
    [InlineData("\"latencyMs\":0.0001,", "")]
    [InlineData("\"checks\":[]", "\"checks\":[{}]")]
    [InlineData("\"checks\":[]", "\"ledgers\":[\"all\"],\"checks\":[]")]
    [InlineData("\"checks\":[]", "\"ledgers\":[5],\"checks\":[]")]
    [InlineData("\"characters\":0", "\"failure\":{\"stage\":\"moon\",\"type\":\"t\",\"message\":\"m\"},\"characters\":0")]
    [InlineData("\"characters\":0", "\"failure\":{\"stage\":\"9\",\"type\":\"t\",\"message\":\"m\"},\"characters\":0")]
    [InlineData("\"checks\":[]", "\"tags\":{\"team\":\"a/b\"},\"checks\":[]")]
    [InlineData("\"checks\":[]", "\"tags\":\"search\",\"checks\":[]")]
    [InlineData("\"checks\":[]", "\"priority\":\"urgent\",\"checks\":[]")]
    [InlineData("\"plan\":\"p\"", "\"plan\":\"\\ud83d\"")]
    public void Read_GivenABrokenField_ThrowsAFormatException(string sound, string broken) =>
        Assert.Throws<FormatException>(() => Read(Least.Replace(sound, broken, StringComparison.Ordinal)));

    [Fact]
    public void Write_GivenHalfASurrogatePair_StillWritesARecord()
    {
        var run = Records.Plain(0) with { Completion = "cut " + '\ud83d' };

        Assert.Equal("cut \uFFFD", Read(Written(run)).Completion);
    }

    /// <summary>Records compare their lists by reference, so those of one stand in for those of the other once they hold the same.</summary>
    private static bool Same(RunRecord a, RunRecord b) =>
        a.Checks.SequenceEqual(b.Checks) && a.Timings.GapsUs.SequenceEqual(b.Timings.GapsUs) && a.PriceChanges.SequenceEqual(b.PriceChanges)
        && a.EarlierAttempts.SequenceEqual(b.EarlierAttempts) && a.Ledgers.SequenceEqual(b.Ledgers)
        && a == b with
        {
            EarlierAttempts = a.EarlierAttempts, Checks = a.Checks, PriceChanges = a.PriceChanges, Ledgers = a.Ledgers,
            Timings = b.Timings with { GapsUs = a.Timings.GapsUs },
        };

    private static string Written(RunRecord run)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) RunJson.Write(json, run);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static RunRecord Read(string json) => RunJson.Read(JsonElement.Parse(json));
}
