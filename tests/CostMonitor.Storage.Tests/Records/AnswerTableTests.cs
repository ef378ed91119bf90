using System.Security.Cryptography;
using System.Text;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;
using CostMonitor.Storage.Records;
using CostMonitor.Storage.Tests.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Records;

/// <summary>The shared cache against the emulator. Its table is one for all tests, so each uses models and prompt versions of its own.</summary>
[Collection(AzuriteGroup.Name)]
public sealed class AnswerTableTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private readonly AnswerTable _table = new(azurite.Account, new FixedTime(Now));
    private readonly ModelKey _model = new("openai", $"m{Guid.NewGuid():N}");

    public Task InitializeAsync() => _table.CreateIfNotExistsAsync(CancellationToken.None);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task FindAsync_GivenAnAnswerOf200KB_ReadsItAllBack()
    {
        // Letters that do not repeat, so that the zipped text needs more than one property of 64 KiB.
        var text = Convert.ToBase64String(Enumerable.Range(0, 5000).SelectMany(i => SHA256.HashData(BitConverter.GetBytes(i))).ToArray());
        var answer = Answer() with { Text = text, Reasoning = "r", PromptVersion = "2", Segment = "s", Question = Key("question") };
        await _table.PutAsync(Key("large"), answer, Now.AddHours(1), CancellationToken.None);

        var found = await _table.FindAsync(Key("large"), CancellationToken.None);

        Assert.True(text.Length > 200_000);
        Assert.Equal(answer, found);
    }

    [Fact]
    public async Task FindAsync_GivenNoneOrOneWhoseTimeIsOver_IsNull()
    {
        await _table.PutAsync(Key("old"), Answer(), Now, CancellationToken.None);

        Assert.Null(await _table.FindAsync(Key("old"), CancellationToken.None));
        Assert.Null(await _table.FindAsync(Key("never"), CancellationToken.None));
    }

    [Fact]
    public async Task PutAsync_GivenAnAnswerThatIsTooLarge_KeepsNone()
    {
        await _table.PutAsync(Key("huge"), Answer() with { Text = TooLarge() }, Now.AddHours(1), CancellationToken.None);

        Assert.Null(await _table.FindAsync(Key("huge"), CancellationToken.None));
    }

    [Fact]
    public async Task ClearAsync_GivenEachFilter_RemovesWhatItMeansAndNoResultOfAKey()
    {
        var version = $"v'{Guid.NewGuid():N}";
        await PutAsync("plain", Answer());
        await PutAsync("version", Answer() with { PromptVersion = version });
        await PutAsync("other", Answer() with { Model = new ModelKey("route", "chat") });
        await PutAsync("result", Answer() with { PromptVersion = version, Question = Key("q") });

        var byVersion = await _table.ClearAsync(new AnswerFilter.OfPromptVersion(version), CancellationToken.None);
        var afterVersion = await LeftAsync();
        var byKey = await _table.ClearAsync(new AnswerFilter.One(Key("plain")), CancellationToken.None);
        var byModel = await _table.ClearAsync(new AnswerFilter.OfModel(_model), CancellationToken.None);

        Assert.Equal((1, 1, 1), (byVersion, byKey, byModel));
        Assert.Equal(["plain", "other", "result"], afterVersion);
        Assert.Equal(["result"], await LeftAsync());

        async Task<string[]> LeftAsync()
        {
            var left = new List<string>();
            foreach (var name in new[] { "plain", "version", "other", "result" })
            {
                if (await _table.FindAsync(Key(name), CancellationToken.None) is not null) left.Add(name);
            }

            return [.. left];
        }
    }

    [Fact]
    public async Task ClaimAsync_GivenClaimsByManyAtOnce_GivesOneToEach()
    {
        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _table.ClaimAsync(Key("claimed"), Key($"question {i}"), Now.AddSeconds(20), CancellationToken.None)));

        var token = Assert.Single(claims.OfType<KeyClaim.Taken>()).Token;
        var asked = Assert.Single(claims.OfType<KeyClaim.Busy>().Select(static b => b.Question).Distinct());
        Assert.Equal(Key($"question {Array.FindIndex(claims, static c => c is KeyClaim.Taken)}"), asked);
        Assert.Null(await _table.FindAsync(Key("claimed"), CancellationToken.None)); // a claim is no answer
        Assert.True(await _table.RenewAsync(Key("claimed"), token, Now.AddSeconds(40), CancellationToken.None));
        Assert.IsType<KeyClaim.Busy>(await At(30).ClaimAsync(Key("claimed"), asked, Now.AddSeconds(50), CancellationToken.None));
    }

    [Fact]
    public async Task ClaimAsync_GivenAClaimThatIsOver_TakesItAndTheOldOneDoesNoHarm()
    {
        var old = Assert.IsType<KeyClaim.Taken>(await _table.ClaimAsync(Key("over"), Key("q"), Now.AddSeconds(20), CancellationToken.None));

        var heir = Assert.IsType<KeyClaim.Taken>(await At(20).ClaimAsync(Key("over"), Key("q"), Now.AddSeconds(40), CancellationToken.None));
        var renewed = await _table.RenewAsync(Key("over"), old.Token, Now.AddSeconds(60), CancellationToken.None);
        await _table.ReleaseAsync(Key("over"), old.Token, CancellationToken.None);
        var meanwhile = await At(30).ClaimAsync(Key("over"), Key("q"), Now.AddSeconds(50), CancellationToken.None);
        await _table.ReleaseAsync(Key("over"), heir.Token, CancellationToken.None);
        var after = await At(30).ClaimAsync(Key("over"), Key("q"), Now.AddSeconds(50), CancellationToken.None);

        Assert.False(renewed);
        Assert.IsType<KeyClaim.Busy>(meanwhile);
        Assert.IsType<KeyClaim.Taken>(after);
    }

    [Fact]
    public async Task ClaimAsync_GivenAResult_GivesItUntilItsTimeIsOver()
    {
        var token = Assert.IsType<KeyClaim.Taken>(await _table.ClaimAsync(Key("known"), Key("q"), Now.AddSeconds(20), CancellationToken.None)).Token;
        await PutAsync("known", Answer() with { Question = Key("q") });

        var known = await _table.ClaimAsync(Key("known"), Key("q"), Now.AddSeconds(20), CancellationToken.None);
        await _table.ReleaseAsync(Key("known"), token, CancellationToken.None);
        var later = await At(3600).ClaimAsync(Key("known"), Key("q"), Now.AddSeconds(3620), CancellationToken.None);

        Assert.Equal(Answer() with { Question = Key("q") }, Assert.IsType<KeyClaim.Known>(known).Result);
        Assert.IsType<KeyClaim.Taken>(later);
    }

    [Fact]
    public async Task PutAsync_GivenAResultThatIsTooLarge_LeavesItsKeyFree()
    {
        await _table.ClaimAsync(Key("large result"), Key("q"), Now.AddSeconds(20), CancellationToken.None);

        await _table.PutAsync(Key("large result"), Answer() with { Text = TooLarge(), Question = Key("q") }, Now.AddHours(1), CancellationToken.None);

        Assert.IsType<KeyClaim.Taken>(await _table.ClaimAsync(Key("large result"), Key("q"), Now.AddSeconds(20), CancellationToken.None));
    }

    [Fact]
    public async Task ClearingsAsync_GivenEachFilter_TellsWhatWasClearedSince()
    {
        var (version, begin) = ($"v'{Guid.NewGuid():N}", Now.AddDays(1000)); // a day that no other test has
        AnswerFilter[] filters = [new AnswerFilter.OfPromptVersion(version), new AnswerFilter.OfModel(_model), new AnswerFilter.One(Key("plain")), new AnswerFilter.All()];
        for (var i = 0; i < filters.Length; i++) await new AnswerTable(azurite.Account, new FixedTime(begin.AddMinutes(i))).ClearAsync(filters[i], CancellationToken.None);

        var all = await _table.ClearingsAsync(begin, CancellationToken.None);
        var later = await _table.ClearingsAsync(begin.AddMinutes(1).AddTicks(1), CancellationToken.None);

        Assert.Equal(filters.Select((f, i) => new CacheClearing(begin.AddMinutes(i), f)), all.Take(4));
        Assert.Equal(filters[2..], later.Take(2).Select(static c => c.Filter));
        var dayAfter = begin.AddDays(1).AddMinutes(10);
        for (var minute = 0; minute < AnswerTable.ExpirySteps; minute++) await new AnswerTable(azurite.Account, new FixedTime(dayAfter.AddMinutes(minute))).ExpireAsync(1000, CancellationToken.None);
        Assert.DoesNotContain(await _table.ClearingsAsync(begin, CancellationToken.None), c => c.At < begin.AddMinutes(4));
    }

    [Fact]
    public async Task ExpireAsync_GivenSixteenMinutes_RemovesWhatIsOverAndNoMoreThanAllowedAtOnce()
    {
        var names = Enumerable.Range(0, 64).Select(i => $"e{i}").ToArray();
        foreach (var name in names) await PutAsync(name, Answer(), Now.AddMinutes(name == "e0" ? 60 : -1));
        var bounded = await new AnswerTable(azurite.Account, new FixedTime(Now)).ExpireAsync(1, CancellationToken.None);

        var removed = bounded;
        for (var minute = 0; minute < AnswerTable.ExpirySteps; minute++)
        {
            removed += await new AnswerTable(azurite.Account, new FixedTime(Now.AddMinutes(minute))).ExpireAsync(1000, CancellationToken.None);
        }

        Assert.InRange(bounded, 0, 1);
        Assert.InRange(removed, 63, int.MaxValue); // other tests may have left some
        Assert.NotNull(await _table.FindAsync(Key("e0"), CancellationToken.None));
        var earlier = new AnswerTable(azurite.Account, new FixedTime(Now.AddHours(-1)));
        foreach (var name in names.Skip(1)) Assert.Null(await earlier.FindAsync(Key(name), CancellationToken.None));
    }

    private static string TooLarge() => string.Concat(Enumerable.Range(0, 40_000).Select(i => Convert.ToBase64String(SHA256.HashData(BitConverter.GetBytes(i)))));

    private AnswerTable At(int seconds) => new(azurite.Account, new FixedTime(Now.AddSeconds(seconds)));

    private Task PutAsync(string name, CachedAnswer answer, DateTimeOffset? until = null) => _table.PutAsync(Key(name), answer, until ?? Now.AddHours(1), CancellationToken.None);

    private CacheKey Key(string name) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{_model} {name}")));

    private CachedAnswer Answer() => new()
    {
        Model = _model,
        Deployment = _model,
        BilledAs = new Offer(_model),
        Tokens = new TokenUsage { Input = 1000, Output = 2000 },
        Text = "answer",
        FinishReason = "stop",
        Stored = Now,
    };
}
