using CostMonitor.Core.Input;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing.Import;

/// <summary>One model of LiteLLM's file while it is read.</summary>
internal sealed class LiteLlmEntry(string key, LiteLlmName name, InputNode node, ImportedEntries entries)
{
    private const int PerTokenToPerMillion = 6;

    private readonly SortedDictionary<ServiceTier, PriceDraft> _drafts = [];
    private readonly List<string> _unpriced = [];

    public string Key { get; } = key;

    public LiteLlmName Name { get; } = name;

    public ImportedEntries Entries { get; } = entries;

    /// <summary>Reads every field, in an order of its own, so that the file's makes no difference.</summary>
    public void Read()
    {
        foreach (var (field, value) in node.Members().OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            if (LiteLlmField.TryParse(field, out var parsed)) ReadTokens(field, value, parsed);
            else if (!LiteLlmField.IsFact(field) && !IsFee(field)) Skip(field, LiteLlmField.WhyNot(field));
        }

        ReadFees();
        foreach (var (tier, draft) in _drafts)
        {
            if (draft.HasTiersOnly) Skip($"above a limit, {EnumNames.Of(tier)}", SkipReasons.TierOnly);
        }
    }

    public IEnumerable<Price> ToPrices(ImportSource source)
    {
        var note = _unpriced.Count == 0 ? null : $"also billed, not priced here: {string.Join(", ", _unpriced)}";
        return from draft in _drafts
               where !draft.Value.IsEmpty
               select draft.Value.ToPrice(new Offer(Name.Model, draft.Key, Name.Deployment, Name.Region), source, source.Day, null, note);
    }

    private static bool IsFee(string field) => field is "input_cost_per_request" or "input_cost_per_image" or "output_cost_per_image";

    private void ReadTokens(string field, InputNode value, LiteLlmField parsed)
    {
        if (SourceFigure.Read(value, PerTokenToPerMillion, out var whyNot) is not { } figure) Skip(field, whyNot);
        else if (!Draft(parsed.Tier).Set(parsed.Class, parsed.Above, figure)) Skip(field, SkipReasons.TwoFigures);
    }

    /// <summary>Fees are for standard calls. LiteLLM has the price of a generated image as input or as output, by endpoint.</summary>
    private void ReadFees()
    {
        if (Fee("input_cost_per_request") is { } request) Draft(ServiceTier.Standard).PerRequest = request;
        var (input, output) = (Fee("input_cost_per_image"), Fee("output_cost_per_image"));
        if (output is { } generated) SetImage("output_cost_per_image", generated);
        if (input is not { } image) return;
        if (node.OptionalText("mode", "a mode") is "image_generation" or "image_edit") SetImage("input_cost_per_image", image);
        else Skip("input_cost_per_image", SkipReasons.PromptImage);
    }

    private void SetImage(string field, decimal figure)
    {
        var draft = Draft(ServiceTier.Standard);
        if (draft.Has(TokenClass.ImageOutput)) Skip(field, SkipReasons.ImageTwice);
        else if (draft.PerImage is { } other && other != figure) Skip(field, SkipReasons.TwoFigures);
        else draft.PerImage = figure;
    }

    private decimal? Fee(string field)
    {
        if (node.Property(field) is not { } value) return null;
        var figure = SourceFigure.Read(value, 0, out var whyNot);
        if (figure is null) Skip(field, whyNot);
        return figure;
    }

    private PriceDraft Draft(ServiceTier tier) => _drafts.TryGetValue(tier, out var draft) ? draft : _drafts[tier] = new PriceDraft();

    private void Skip(string field, string reason)
    {
        if (reason.Length == 0) return;
        Entries.Skip(Key, field, reason);
        _unpriced.Add(field);
    }
}
