using System.CommandLine.Parsing;
using System.Text.Json;
using CostMonitor.Cli.Files;
using CostMonitor.Core.Input;
using CostMonitor.Core.Usage;
using CostMonitor.Core.Usage.Payloads;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>Reads the usage out of a file with a provider's answer.</summary>
internal static class PayloadFile
{
    /// <param name="path">The file.</param>
    /// <param name="flavor">Its shape; null to find it by its fields.</param>
    /// <exception cref="InputException">The file is no JSON, its shape cannot be told, or its figures cannot be right.</exception>
    public static TokenUsage Read(string path, UsageFlavor? flavor)
    {
        using var document = Parse(path);
        var problem = "";
        if (flavor is not { } shape && !UsagePayload.TryDetect(document.RootElement, out shape, out problem)) throw new InputException(path, "$", $"{problem} Name it with --flavor.");
        var reported = UsagePayload.Read(shape, document.RootElement) ?? throw new InputException(path, "$", $"It reports no usage as {EnumNames.Of(shape)} has it.");
        return reported.TryNormalise(hasOutput: false, out var tokens, out var doubt)
            ? tokens
            : throw new InputException(path, "$", $"The usage is not believed: {doubt}.");
    }

    public static UsageFlavor? ReadFlavor(ArgumentResult result)
    {
        if (EnumNames.TryParse(result.Tokens[0].Value, out UsageFlavor flavor)) return flavor;
        result.AddError($"Expected one of {EnumNames.All<UsageFlavor>()}, got '{result.Tokens[0].Value}'.");
        return null;
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(InputFiles.Text(path));
        }
        catch (JsonException e)
        {
            throw new InputException(path, $"line {e.LineNumber + 1}", "This is not valid JSON.");
        }
    }
}
