using System.Text.Json;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;
using CostMonitor.Testing;

namespace CostMonitor.Core.Tests.Usage.Corpus;

/// <summary>One payload of the corpus, with the classes and the cost that <c>referee.py</c> worked out.</summary>
public sealed record UsageCase(string File, UsageFlavor Flavor, JsonElement Json)
{
    public static IReadOnlyList<UsageCase> All { get; } = [.. Read()];

    public string Name => Text("name") ?? "";

    public JsonElement Payload => Json.GetProperty("payload");

    /// <summary>A part of the reason for which the figures are not believed; null if they are.</summary>
    public string? Doubt => Text("doubt");

    public bool ReportsNothing => Json.TryGetProperty("nothing", out _) || Estimate is not null;

    /// <summary>What was sent and what had come of a call that reports nothing; null for the others.</summary>
    public JsonElement? Estimate => Json.TryGetProperty("estimate", out var estimate) ? estimate : null;

    public bool HasOutput => !Json.TryGetProperty("hasOutput", out var has) || has.GetBoolean();

    public long Total => Json.GetProperty("total").GetInt64();

    /// <summary>The exact cost in USD; null when a class has no price.</summary>
    public string? Cost => Text("cost");

    /// <summary>The flavor that the fields show: the file's, unless the case names another or says that it is ambiguous.</summary>
    public string Detected => Text("detected") ?? EnumNames.Of(Flavor);

    public TokenUsage Tokens => TokenClasses.Read(Json.GetProperty("classes"));

    public Price Price()
    {
        var model = ModelKey.Parse(Text("model") ?? "");
        var day = DateOnly.ParseExact(Text("day") ?? "", "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var rates = Rates(Json.GetProperty("rates"));
        var tier = EnumNames.TryParse(Text("tier"), out ServiceTier named) ? named : ServiceTier.Standard;
        return new Price
        {
            Offer = new Offer(model, tier), Label = "corpus", EffectiveFrom = day, Checked = day, Source = File, PerMillionTokens = rates,
            PromptTiers = Json.TryGetProperty("promptTiers", out var tiers)
                ? [.. tiers.EnumerateArray().Select(t => new PromptTier(t.GetProperty("above").GetInt64(), Rates(t.GetProperty("rates")).Over(rates)))]
                : [],
        };
    }

    public override string ToString() => $"{File}: {Name}";

    private static IEnumerable<UsageCase> Read()
    {
        foreach (var path in Directory.GetFiles(Path.Combine(Repository.Root, "tests/CostMonitor.Core.Tests/Usage/Corpus"), "*.json").Order())
        {
            using var corpus = JsonDocument.Parse(System.IO.File.ReadAllText(path));
            Assert.True(EnumNames.TryParse(corpus.RootElement.GetProperty("flavor").GetString(), out UsageFlavor flavor), path);
            foreach (var json in corpus.RootElement.GetProperty("cases").EnumerateArray()) yield return new UsageCase(Path.GetFileName(path), flavor, json.Clone());
        }
    }

    private static TokenRates Rates(JsonElement json) => TokenRates.Of(json.EnumerateObject().Select(static rate =>
        (TokenClasses.TryParse(rate.Name, out var tokenClass) ? tokenClass : throw new FormatException(rate.Name), rate.Value.GetDecimal())));

    private string? Text(string name) => Json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
