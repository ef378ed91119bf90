using System.Globalization;
using CostMonitor.Core.Input;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing.Import;

/// <summary>One model of genai-prices while it is read.</summary>
internal sealed class GenAiEntry(string entry, ModelKey model, InputNode node, ImportedEntries entries)
{
    private static readonly Dictionary<string, TokenClass> Classes = new()
    {
        ["input_mtok"] = TokenClass.Input,
        ["output_mtok"] = TokenClass.Output,
        ["cache_read_mtok"] = TokenClass.CachedInput,
        ["cache_write_mtok"] = TokenClass.CacheWrite,
        ["cache_write_1h_mtok"] = TokenClass.CacheWriteOneHour,
        ["input_audio_mtok"] = TokenClass.AudioInput,
        ["cache_audio_read_mtok"] = TokenClass.CachedAudioInput,
        ["output_audio_mtok"] = TokenClass.AudioOutput,
        ["input_image_mtok"] = TokenClass.ImageInput,
        ["cache_image_read_mtok"] = TokenClass.CachedImageInput,
        ["output_image_mtok"] = TokenClass.ImageOutput,
        ["output_reasoning_mtok"] = TokenClass.Reasoning,
    };

    private static readonly HashSet<string> Facts = ["id", "match", "prices", "name", "description", "context_window", "price_comments", "price_discrepancies", "prices_checked", "deprecated", "collapse", "removed"];

    private readonly Offer _offer = new(model, Deployment: model.Provider == "azure-openai" ? DeploymentType.Global : DeploymentType.None);

    /// <returns>True if the model has a price that can be charged.</returns>
    public bool Read(ImportSource source)
    {
        if (node.Required("prices", "an object or an array of prices") is not { } prices) return false;
        var count = prices.IsObject ? Add(prices, "prices", source, source.Day, null) : ReadDated([.. prices.Items("an object or an array of prices")], source);
        foreach (var (field, _) in node.Members().Where(m => !Facts.Contains(m.Name))) entries.Skip(entry, field, SkipReasons.Unknown);
        if (count == 0) entries.Skip(entry, "", SkipReasons.NoPrice);
        return count > 0;
    }

    /// <summary>Prices with first days: one without, which holds before them, and then the others by day.</summary>
    private int ReadDated(InputNode[] items, ImportSource source)
    {
        if (items.Any(i => i.Property("constraint")?.Property("start_time") is not null)) return Refuse(SkipReasons.TimeOfDay);
        var starts = items.Select(i => i.Property("constraint") is { } constraint ? Start(constraint) : DateOnly.MinValue).ToArray();
        if (starts.Contains(null) || starts.Distinct().Count() < starts.Length || !starts.Order().SequenceEqual(starts)) return Refuse(SkipReasons.Condition);
        var count = 0;
        for (var i = 0; i < items.Length; i++)
        {
            var (from, to, path) = (starts[i] ?? default, i + 1 < starts.Length ? starts[i + 1] : null, string.Create(CultureInfo.InvariantCulture, $"prices[{i}]"));
            if (items[i].Required("prices", "an object of prices") is not { } prices) continue;
            if (from == DateOnly.MinValue && to <= source.Day) entries.Skip(entry, path, SkipReasons.Past);
            else count += Add(prices, path, source, from == DateOnly.MinValue ? source.Day : from, to);
        }

        return count;
    }

    private static DateOnly? Start(InputNode constraint) =>
        constraint.Members().Select(m => m.Name).ToArray() is ["start_date"] ? constraint.OptionalDate("start_date") : null;

    private int Refuse(string reason)
    {
        entries.Skip(entry, "prices", reason);
        return 0;
    }

    /// <returns>The number of rows: 1, or 0 if nothing can be charged.</returns>
    private int Add(InputNode prices, string path, ImportSource source, DateOnly from, DateOnly? to)
    {
        var (draft, unpriced) = (new PriceDraft(), new List<string>());
        foreach (var (field, value) in prices.Members().OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            if (ReadField(draft, field, value) is not { } reason) continue;
            unpriced.Add(field);
            if (reason.Length > 0) entries.Skip(entry, path == "prices" ? field : $"{path}.{field}", reason);
        }

        if (draft.IsEmpty) return 0;
        var note = unpriced.Count == 0 ? null : $"also billed, not priced here: {string.Join(", ", unpriced)}";
        entries.Add(entry, draft.ToPrice(_offer, source, from, to, note));
        return 1;
    }

    /// <returns>Why the field is not taken over; null if it is.</returns>
    private static string? ReadField(PriceDraft draft, string field, InputNode value)
    {
        if (field == "requests_kcount")
        {
            draft.PerRequest = SourceFigure.Read(value, -3, out var reason);
            return draft.PerRequest is null ? reason : null;
        }

        if (Classes.TryGetValue(field, out var tokenClass)) return ReadTokens(draft, tokenClass, value);
        return field.Contains("video", StringComparison.Ordinal) ? SkipReasons.Video
            : field.Contains("search", StringComparison.Ordinal) ? SkipReasons.Search
            : field.Contains("citation", StringComparison.Ordinal) ? SkipReasons.Citation
            : SkipReasons.Unknown;
    }

    private static string? ReadTokens(PriceDraft draft, TokenClass tokenClass, InputNode value)
    {
        if (!value.IsObject) return Set(draft, tokenClass, 0, value);
        value.AllowOnly("base", "tiers");
        if (value.Required("base", "the price without a tier") is not { } below || value.Required("tiers", "an array of tiers") is not { } tiers) return "";
        var reason = Set(draft, tokenClass, 0, below);
        foreach (var tier in tiers.Items("an array of tiers"))
        {
            tier.AllowOnly("start", "price");
            var start = tier.Required("start", "a number of prompt tokens") is null ? null : tier.OptionalInteger("start", 1, 100_000_000);
            if (start is { } above && tier.Required("price", "the tier's price") is { } price) reason ??= Set(draft, tokenClass, above, price);
        }

        return reason;
    }

    private static string? Set(PriceDraft draft, TokenClass tokenClass, long above, InputNode value)
    {
        if (SourceFigure.Read(value, 0, out var whyNot) is not { } figure) return whyNot;
        return draft.Set(tokenClass, above, figure) ? null : SkipReasons.TwoFigures;
    }
}
