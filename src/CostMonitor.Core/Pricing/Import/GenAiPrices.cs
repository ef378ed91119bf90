using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing.Import;

/// <summary>Reads the files of genai-prices: <c>data.json</c> and <c>data_slim.json</c> of v1 and v2, which have one shape.</summary>
/// <remarks>
/// <para>An array of providers with models. Prices are in USD per million tokens (<c>_mtok</c>) or per thousand (<c>_kcount</c>); <c>{base, tiers}</c>
/// "uses threshold-based pricing where crossing a tier applies that rate to ALL tokens" (<c>TieredPrices</c> in its <c>types.py</c>), for prompts of
/// more tokens than <c>start</c>. Of several prices the last one whose condition holds is charged.</para>
/// <para>Names are matched in the file's order, here exact names go first and then the longest pattern; a name for which that makes a difference
/// is noted as skipped. Its provider <c>azure</c> names no deployment type and is taken for global; Claude models of <c>google</c> are Vertex's.</para>
/// </remarks>
public static class GenAiPrices
{
    /// <summary>The project, as citations begin.</summary>
    public const string Project = "https://github.com/pydantic/genai-prices (MIT)";

    /// <inheritdoc cref="LiteLlmPrices.Read"/>
    public static ImportedPrices Read(string file, string json, ImportSource source) => InputFaults.ReadJson(json, file, root =>
    {
        var entries = new ImportedEntries();
        foreach (var provider in root.Items("an array of providers")) ReadProvider(provider, source, entries);
        return entries.ToPrices();
    });

    private static void ReadProvider(InputNode provider, ImportSource source, ImportedEntries entries)
    {
        var id = provider.RequiredText("id", "the provider's id");
        var earlier = new List<GenAiClause>();
        foreach (var node in provider.Required("models", "an array of models")?.Items("an array of models") ?? [])
        {
            var model = node.RequiredText("id", "the model's id");
            GenAiClause[] clauses = node.Required("match", "a rule of names") is { } rule ? [.. GenAiClause.Of(rule)] : [];
            if (id.Length == 0 || model.Length == 0) continue;
            if (Key(id, model) is not { } key) entries.Skip($"{id}/{model}", "", SkipReasons.NoName);
            else if (new GenAiEntry($"{id}/{model}", key, node, entries).Read(source)) AddNames($"{id}/{model}", key, clauses, earlier, entries);
            earlier.AddRange(clauses);
        }
    }

    private static ModelKey? Key(string provider, string model)
    {
        var ours = ProviderNames.Of(provider);
        if (ours == "google" && model.StartsWith("claude", StringComparison.Ordinal)) ours = "vertex";
        return ModelKey.TryCreate(ours, model, out var key) ? key : null;
    }

    private static void AddNames(string entry, ModelKey model, GenAiClause[] clauses, List<GenAiClause> earlier, ImportedEntries entries)
    {
        foreach (var clause in clauses)
        {
            if (clause.Name is not { } name || !ModelKey.TryCreate(model.Provider, name, out _)) entries.Skip(entry, $"match {clause.Kind} {clause.Text}", SkipReasons.Rule);
            else if (earlier.Exists(e => e.Covers(name))) entries.Skip(entry, $"match {name}", SkipReasons.NameTaken);
            else entries.AddName(entry, model, name, clause.IsPattern);
        }
    }
}
