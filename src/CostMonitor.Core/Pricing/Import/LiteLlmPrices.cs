using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing.Import;

/// <summary>Reads LiteLLM's <c>model_prices_and_context_window.json</c>: an object of models, prices in USD per token, image or request.</summary>
/// <remarks>
/// Every field is a price of ours, a fact that says nothing of prices, or noted as skipped. A model with prices that can be charged is
/// imported even if others cannot; those are named in the note of its rows. The file states no days.
/// </remarks>
public static class LiteLlmPrices
{
    /// <summary>The project, as citations begin.</summary>
    public const string Project = "https://github.com/BerriAI/litellm (MIT)";

    /// <param name="file">The name that faults give the text.</param>
    /// <param name="json">The text.</param>
    /// <param name="source">What rows keep.</param>
    /// <exception cref="InputException">All faults: no JSON, no object of objects, or a price that is no number.</exception>
    public static ImportedPrices Read(string file, string json, ImportSource source) => InputFaults.ReadJson(json, file, root =>
    {
        var entries = new ImportedEntries();
        foreach (var (key, node) in root.Members()) ReadEntry(key, node, source, entries);
        return entries.ToPrices();
    });

    private static void ReadEntry(string key, InputNode node, ImportSource source, ImportedEntries entries)
    {
        if (!node.IsObject)
        {
            node.Fault($"Expected an object, got {node.Shown()}.");
            return;
        }

        var provider = key == "sample_spec" ? "" : node.OptionalText("litellm_provider", "the name of a provider");
        if (key == "sample_spec") entries.Skip(key, "", SkipReasons.Sample);
        else if (provider is null) entries.Skip(key, "", SkipReasons.NoProvider);
        else if (!LiteLlmName.TryParse(key, provider, out var name)) entries.Skip(key, "", SkipReasons.NoName);
        else ReadPrices(new LiteLlmEntry(key, name, node, entries), source);
    }

    private static void ReadPrices(LiteLlmEntry entry, ImportSource source)
    {
        entry.Read();
        var rows = entry.ToPrices(source).ToArray();
        foreach (var row in rows) entry.Entries.Add(entry.Key, row, entry.Name.IsPlain);
        if (rows.Length == 0) entry.Entries.Skip(entry.Key, "", SkipReasons.NoPrice);
    }
}
