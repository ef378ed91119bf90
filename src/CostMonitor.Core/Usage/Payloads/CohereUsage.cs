using System.Text.Json;
using static CostMonitor.Core.Usage.Payloads.UsageField;

namespace CostMonitor.Core.Usage.Payloads;

/// <summary>Cohere's usage: the units that it bills where it states them, and else the tokens that it processed, with the cached ones inside.</summary>
internal static class CohereUsage
{
    public static ReportedUsage Read(JsonElement usage)
    {
        var billed = Find(usage, "billed_units");
        var isBilled = Has(billed, "input_tokens") || Has(billed, "output_tokens");
        var tokens = isBilled ? billed : Find(usage, "tokens");
        return new ReportedUsage
        {
            Input = Count(tokens, "input_tokens"),
            Output = Count(tokens, "output_tokens") ?? (Has(tokens, "input_tokens") ? 0 : null), // embeddings have none
            CachedInput = isBilled ? null : Count(usage, "cached_tokens"),
        };
    }
}
