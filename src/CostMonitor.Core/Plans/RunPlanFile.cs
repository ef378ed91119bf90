using System.Globalization;
using System.Text.Json;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Plans;

/// <summary>Reads a plan from JSON.</summary>
public static class RunPlanFile
{
    /// <param name="json">The plan.</param>
    /// <param name="file">The name that faults give it.</param>
    /// <param name="readPrompts">Gives the prompt set that the plan names; may throw <see cref="InputException"/>.</param>
    /// <param name="isConfigured">Whether a model that the plan marks <c>ifConfigured</c> can be called here.</param>
    /// <exception cref="InputException">All faults of the plan and its prompt set.</exception>
    public static RunPlan Parse(
        string json, string file, Func<string, IReadOnlyList<Prompt>> readPrompts, Func<ModelKey, bool> isConfigured)
    {
        var faults = new InputFaults();
        var plan = faults.TryReadJson(json, file, root => Read(root, readPrompts, isConfigured, faults));
        faults.ThrowIfAny();
        return plan ?? throw new InputException(file, "$", "Nothing could be read.");
    }

    private static RunPlan Read(
        InputNode root, Func<string, IReadOnlyList<Prompt>> readPrompts, Func<ModelKey, bool> isConfigured, InputFaults faults)
    {
        root.AllowOnly(
            "name", "seed", "models", "prompts", "promptIds", "repetitions", "warmUps", "randomRuns", "parameters", "timeoutSeconds",
            "retries", "cache", "storeText", "tags", "priority", "dependentVariables");
        var name = root.RequiredText("name", "a name of lower-case letters, digits and dashes");
        if (name.Length > 0 && !IsName(name)) root.Property("name")?.Fault($"'{name}' is no plan name: expected 1 to 50 lower-case letters, digits or dashes.");
        var plan = new RunPlan
        {
            Name = name,
            Seed = (ulong)(root.OptionalInteger("seed", 0, long.MaxValue) ?? 0),
            Models = ReadModels(root, isConfigured),
            Prompts = ReadPrompts(root, readPrompts, faults),
            Repetitions = (int)(root.OptionalInteger("repetitions", 1, 10_000) ?? 1),
            WarmUps = (int)(root.OptionalInteger("warmUps", 0, 100) ?? 0),
            RandomRuns = (int?)root.OptionalInteger("randomRuns", 1, 1_000_000),
            Parameters = ReadParameters(root),
            Timeout = ReadTimeout(root),
            Retries = ReadRetries(root, 0),
            UsesCache = root.Flag("cache", false),
            StoreText = root.Flag("storeText", false),
            Tags = CallTagsJson.ReadTags(root),
            Priority = CallTagsJson.ReadPriority(root),
            DependentVariables = ReadVariables(root),
        };
        if (RunsOf(plan) > RunId.MaxOrdinal + 1L)
        {
            root.Fault(string.Create(CultureInfo.InvariantCulture, $"The plan has more than {RunId.MaxOrdinal + 1} runs, warm-ups included; split it."));
        }

        return plan;
    }

    private static long RunsOf(RunPlan plan) =>
        (long)plan.WarmUps * plan.Models.Count + (plan.RandomRuns ?? (long)plan.Models.Count * plan.Prompts.Count * plan.Repetitions);

    /// <summary>Reads <c>parameters</c> of a plan or a batch.</summary>
    public static GenerationParameters ReadParameters(InputNode root)
    {
        if (root.Property("parameters") is not { } node) return new GenerationParameters();
        node.AllowOnly("maxOutputTokens", "temperature", "topP", "seed");
        return new GenerationParameters(
            (int?)node.OptionalInteger("maxOutputTokens", 1, 1_000_000),
            node.OptionalNumber("temperature", 0, 2),
            node.OptionalNumber("topP", 0, 1),
            node.OptionalInteger("seed", long.MinValue, long.MaxValue));
    }

    /// <summary>Reads <c>timeoutSeconds</c>: 1 to 600; 100 if not set.</summary>
    public static TimeSpan ReadTimeout(InputNode root) => TimeSpan.FromSeconds(root.OptionalNumber("timeoutSeconds", 1, 600) ?? 100);

    /// <summary>Reads <c>retries</c>: 0 to 10.</summary>
    public static int ReadRetries(InputNode root, int usual) => (int)(root.OptionalInteger("retries", 0, 10) ?? usual);

    /// <summary>Reads <c>models</c> of a plan or a batch: texts, or objects that may say <c>ifConfigured</c>.</summary>
    public static IReadOnlyList<ModelKey> ReadModels(InputNode root, Func<ModelKey, bool> isConfigured)
    {
        var models = new List<ModelKey>();
        if (root.Required("models", "an array of provider:model") is not { } array) return models;
        var (nodes, unconfigured) = (0, 0);
        foreach (var node in array.Items("an array of provider:model"))
        {
            nodes++;
            if (node.IsObject) node.AllowOnly("model", "ifConfigured");
            var text = node.IsObject ? node.RequiredText("model", "provider:model") : node.Text("provider:model");
            if (text.Length == 0) continue;
            if (!ModelKey.TryParse(text, out var model)) node.Fault($"'{text}' is no model: expected provider:model, as in openai:gpt-4o.");
            else if (models.Contains(model)) node.Fault($"{model} stands twice.");
            else if (node.IsObject && node.Flag("ifConfigured", false) && !isConfigured(model)) unconfigured++;
            else models.Add(model);
        }

        if (nodes == 0 && array.Element.ValueKind == JsonValueKind.Array) array.Fault("Expected at least one model.");
        else if (nodes > 0 && unconfigured == nodes) array.Fault("No model is left: none of those marked ifConfigured is configured here.");
        return models;
    }

    public static bool IsName(string name) =>
        name.Length is > 0 and <= 50 && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static IReadOnlyList<Prompt> ReadPrompts(InputNode root, Func<string, IReadOnlyList<Prompt>> readPrompts, InputFaults faults)
    {
        if (root.Required("prompts", "the name of a prompt file, or an array of prompts") is not { } node) return [];
        var prompts = node.IsString ? ReadPromptFile(node, readPrompts, faults) : PromptFile.ReadArray(node, faults);
        if (root.Property("promptIds") is not { } ids) return prompts;
        var wanted = new List<Prompt>();
        foreach (var id in ids.Items("an array of prompt ids"))
        {
            var text = id.Text("a prompt id");
            if (text.Length == 0 || prompts.Count == 0) continue;
            if (prompts.FirstOrDefault(p => p.Id == text) is not { } prompt) id.Fault($"The prompt set holds no {id.Shown()}.");
            else if (wanted.Contains(prompt)) id.Fault($"{id.Shown()} stands twice.");
            else wanted.Add(prompt);
        }

        if (ids.Element is { ValueKind: JsonValueKind.Array } && ids.Element.GetArrayLength() == 0) ids.Fault("Expected at least one prompt id.");
        return wanted;
    }

    private static IReadOnlyList<Prompt> ReadPromptFile(InputNode node, Func<string, IReadOnlyList<Prompt>> readPrompts, InputFaults faults)
    {
        var name = node.Text("the name of a prompt file");
        if (name.Length == 0) return [];
        try
        {
            return readPrompts(name);
        }
        catch (InputException e)
        {
            faults.AddRange(e.Faults);
        }
        catch (IOException e)
        {
            node.Fault($"The prompt file '{name}' cannot be read: {e.Message}");
        }

        return [];
    }

    private static IReadOnlyList<string> ReadVariables(InputNode root)
    {
        if (root.Property("dependentVariables") is not { } array) return Variables.All;
        var names = new List<string>();
        foreach (var node in array.Items("an array of variables"))
        {
            var name = node.Text("the name of a variable");
            if (!Variables.All.Contains(name)) node.Fault($"Unknown variable '{name}'; expected {string.Join(", ", Variables.All)}.");
            names.Add(name);
        }

        return names;
    }
}
