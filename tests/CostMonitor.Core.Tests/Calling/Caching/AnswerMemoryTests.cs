using System.Security.Cryptography;
using System.Text;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Calling.Caching;

public sealed class AnswerMemoryTests
{
    private static readonly ModelKey Model = new("openai", "gpt-4o");
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private readonly SetTime _time = new() { Now = Start };

    [Fact]
    public void Find_GivenAnAnswer_GivesItUntilItsTimeIsOver()
    {
        var memory = Memory();
        memory.Put(Key("a"), Answer("a"));

        _time.Now = Start + TimeSpan.FromHours(1) - TimeSpan.FromTicks(1);
        var fresh = memory.Find(Key("a"));
        _time.Now = Start + TimeSpan.FromHours(1);
        var (late, stale) = (memory.Find(Key("a")), memory.FindStale(Key("a")));
        _time.Now = Start + TimeSpan.FromHours(25);
        var gone = memory.FindStale(Key("a"));

        Assert.Equal(("a", null, "a", null), (fresh?.Text, late?.Text, stale?.Text, gone?.Text));
        Assert.Equal((0, 0L), (memory.Entries, memory.Bytes));
    }

    [Fact]
    public void Find_GivenALongerTime_FindsWhatWasStaleBefore()
    {
        var memory = Memory();
        memory.Put(Key("a"), Answer("a"));
        _time.Now = Start + TimeSpan.FromHours(2);
        var before = memory.Find(Key("a"));

        _timeToLive = TimeSpan.FromHours(4);

        Assert.Equal((null, "a"), (before, memory.Find(Key("a"))?.Text));
    }

    [Fact]
    public void Put_GivenMoreThanTheEntriesAllow_RemovesWhatWasAskedForLongestAgo()
    {
        var memory = Memory(entries: 2);
        memory.Put(Key("a"), Answer("a"));
        memory.Put(Key("b"), Answer("b"));
        memory.Find(Key("a"));

        memory.Put(Key("c"), Answer("c"));

        Assert.Equal(("a", null, "c"), (memory.Find(Key("a"))?.Text, memory.Find(Key("b"))?.Text, memory.Find(Key("c"))?.Text));
    }

    [Fact]
    public void Put_GivenMoreThanTheBytesAllow_RemovesWhatWasAskedForLongestAgo()
    {
        var text = new string('x', 100); // 512 + 2 * 100 = 712 bytes each
        var memory = Memory(bytes: 2 * 712);
        foreach (var key in new[] { "a", "b" }) memory.Put(Key(key), Answer(text));
        var full = memory.Bytes;

        memory.Put(Key("c"), Answer(text));
        memory.Put(Key("d"), Answer(new string('x', 457))); // 512 + 2 * 457 = 1426, beyond all of it

        Assert.Equal((1424L, 1424L, 2), (full, memory.Bytes, memory.Entries));
        Assert.Null(memory.Find(Key("a")));
        Assert.Null(memory.Find(Key("d")));
    }

    [Fact]
    public void Put_GivenAKeyTwice_ReplacesTheAnswerAndItsBytes()
    {
        var memory = Memory();
        memory.Put(Key("a"), Answer("one"));
        memory.Put(Key("a"), Answer("three"));

        Assert.Equal(("three", 1, 512L + 10), (memory.Find(Key("a"))?.Text, memory.Entries, memory.Bytes));
    }

    [Fact]
    public void Clear_GivenEachFilter_RemovesWhatItMeansAndNoResultOfAKey()
    {
        (AnswerFilter Filter, string[] Left)[] cases =
        [
            (new AnswerFilter.All(), ["result"]),
            (new AnswerFilter.OfPromptVersion("2"), ["plain", "routed", "result"]),
            (new AnswerFilter.OfModel(Model), ["result"]),
            (new AnswerFilter.OfModel(new ModelKey("route", "chat")), ["plain", "version", "result"]),
            (new AnswerFilter.One(Key("plain")), ["version", "routed", "result"]),
        ];
        foreach (var (filter, left) in cases)
        {
            var memory = Memory();
            memory.Put(Key("plain"), Answer("plain"));
            memory.Put(Key("version"), Answer("version") with { PromptVersion = "2" });
            memory.Put(Key("routed"), Answer("routed") with { Model = new ModelKey("route", "chat") });
            memory.Put(Key("result"), Answer("result") with { PromptVersion = "2", Question = Key("q") });

            var removed = memory.Clear(filter, DateTimeOffset.MaxValue);

            Assert.Equal(4 - left.Length, removed);
            Assert.Equal(left, new[] { "plain", "version", "routed", "result" }.Where(k => memory.Find(Key(k)) is not null));
        }
    }

    [Fact]
    public void Clear_GivenAnInstant_KeepsWhatWasStoredThenOrLater()
    {
        var memory = Memory();
        memory.Put(Key("old"), Answer("old") with { Stored = Answer("").Stored.AddTicks(-1) });
        memory.Put(Key("new"), Answer("new"));

        var removed = memory.Clear(new AnswerFilter.All(), Answer("").Stored);

        Assert.Equal((1, true, false), (removed, memory.Find(Key("new")) is not null, memory.Find(Key("old")) is not null));
    }

    [Fact]
    public async Task Put_GivenManyThreads_StaysWithinItsBounds()
    {
        var memory = Memory(entries: 50);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                memory.Put(Key($"{i % 100}"), Answer("x"));
                memory.Find(Key($"{(i * 7 + t) % 100}"));
            }
        })));

        Assert.Equal((50, 50 * 514L), (memory.Entries, memory.Bytes));
    }

    [Fact]
    public void CachedAnswerJson_GivenAnAnswer_ReadsTheSameBack()
    {
        var full = new CachedAnswer
        {
            Model = new ModelKey("route", "chat"),
            Deployment = Model,
            BilledAs = new Offer(Model, ServiceTier.Batch, DeploymentType.Global, "swedencentral"),
            Tokens = new TokenUsage { Input = 1, CachedInput = 2, Reasoning = 3, Output = 4 },
            Text = "\"ä\n",
            Reasoning = "r",
            FinishReason = "stop",
            AnsweredBy = "gpt-4o-2024-08-06",
            Stored = Start.AddTicks(1),
            PromptVersion = "2",
            Segment = "s",
            Question = Key("q"),
        };

        Assert.Equal(full, CachedAnswerJson.Read(CachedAnswerJson.Write(full)));
        Assert.Equal(Answer("a"), CachedAnswerJson.Read(CachedAnswerJson.Write(Answer("a"))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"model":"openai:gpt-4o"}""")]
    public void CachedAnswerJson_GivenSomethingElse_SaysSo(string json) =>
        Assert.Throws<FormatException>(() => CachedAnswerJson.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void CacheKey_GivenItsText_IsItself()
    {
        var text = "00010203ff0506078809101112131415161718192021222324252627282930fe";

        Assert.True(CacheKey.TryParse(text, out var key));
        Assert.Equal(text, key.ToString());
        Assert.False(CacheKey.TryParse(text[1..], out _));
        Assert.False(CacheKey.TryParse("x" + text[1..], out _));
        Assert.Equal(new string('0', 64), default(CacheKey).ToString());
    }

    internal static CacheKey Key(string name) => new(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    private static CachedAnswer Answer(string text) => new()
    {
        Model = Model,
        Deployment = Model,
        BilledAs = new Offer(Model),
        Tokens = new TokenUsage { Input = 1000, Output = 2000 },
        Text = text,
        Stored = Start,
    };

    private TimeSpan _timeToLive = TimeSpan.FromHours(1);

    private AnswerMemory Memory(int entries = 100, long bytes = 1 << 20) => new(entries, bytes, () => _timeToLive, TimeSpan.FromHours(24), _time);

    private sealed class SetTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
