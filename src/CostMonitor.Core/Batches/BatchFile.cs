using System.Globalization;
using System.Text.Json;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Input;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Batches;

/// <summary>Reads a batch as it is submitted, and writes and reads the parts of it that are stored.</summary>
public static class BatchFile
{
    private const int UsualRetries = 3;

    /// <summary>Reads <c>{"batch","models","prompts",...}</c>.</summary>
    /// <param name="json">The body.</param>
    /// <param name="id">The id if the body names none.</param>
    /// <param name="submitted">Now.</param>
    /// <param name="isKnown">Whether a model can be called here.</param>
    /// <exception cref="InputException">All faults of the body.</exception>
    public static PromptBatch Parse(string json, BatchId id, DateTimeOffset submitted, Func<ModelKey, bool> isKnown)
    {
        var faults = new InputFaults();
        var batch = faults.TryReadJson(json, "batch", root => Read(root, id, submitted, isKnown, faults));
        faults.ThrowIfAny();
        return batch ?? throw new InputException("batch", "$", "Nothing could be read.");
    }

    /// <summary>A batch of the prompts of a CSV text for some models, all else at its default.</summary>
    public static PromptBatch OfCsv(string csv, IReadOnlyList<ModelKey> models, BatchId id, DateTimeOffset submitted) =>
        Checked(new PromptBatch
        {
            Id = id,
            Kind = BatchKind.Prompts,
            Submitted = submitted,
            Plan = new RunPlan { Name = "batch", Seed = 0, Models = models, Prompts = PromptFile.ParseCsv(csv, "prompts.csv"), Retries = UsualRetries, Lane = CallLane.Batch },
        });

    /// <summary>Whether two batches ask for the same runs: then one is the other, sent again.</summary>
    public static bool AsksForTheSame(PromptBatch one, PromptBatch other) => Written(one).SequenceEqual(Written(other));

    private static byte[] Written(PromptBatch batch)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            WritePlan(json, batch.Plan);
            foreach (var prompt in batch.Plan.Prompts) WritePrompt(json, prompt);
            json.WriteEndArray();
        }

        return bytes.ToArray();
    }

    /// <summary>Writes all of a plan but its prompts.</summary>
    public static void WritePlan(Utf8JsonWriter json, RunPlan plan)
    {
        json.WriteStartObject();
        json.WriteString("name", plan.Name);
        json.WriteNumber("seed", plan.Seed);
        json.WriteStartArray("models");
        foreach (var model in plan.Models) json.WriteStringValue(model.ToString());
        json.WriteEndArray();
        json.WriteNumber("repetitions", plan.Repetitions);
        json.WriteNumber("warmUps", plan.WarmUps);
        if (plan.RandomRuns is { } runs) json.WriteNumber("randomRuns", runs);
        json.WriteStartObject("parameters");
        if (plan.Parameters.MaxOutputTokens is { } max) json.WriteNumber("maxOutputTokens", max);
        if (plan.Parameters.Temperature is { } temperature) json.WriteNumber("temperature", temperature);
        if (plan.Parameters.TopP is { } topP) json.WriteNumber("topP", topP);
        if (plan.Parameters.Seed is { } seed) json.WriteNumber("seed", seed);
        json.WriteEndObject();
        json.WriteNumber("timeoutSeconds", plan.Timeout.TotalSeconds);
        json.WriteNumber("retries", plan.Retries);
        json.WriteBoolean("cache", plan.UsesCache);
        json.WriteBoolean("storeText", plan.StoreText);
        CallTagsJson.Write(json, plan.Tags, plan.Priority);
        json.WriteStartArray("dependentVariables");
        foreach (var variable in plan.DependentVariables) json.WriteStringValue(variable);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WritePrompt(Utf8JsonWriter json, Prompt prompt)
    {
        var contract = prompt.Contract.Source;
        json.WriteStartObject();
        json.WriteString("id", prompt.Id);
        json.WriteString("category", prompt.Category);
        json.WriteString("prompt", prompt.Text);
        if (prompt.System is not null) json.WriteString("system", prompt.System);
        if (contract.Format is not null) json.WriteString("format", contract.Format);
        if (contract.Schema is not null) json.WriteString("schema", contract.Schema);
        if (contract.Sections is not null) json.WriteString("sections", contract.Sections);
        if (contract.MinChars is { } least) json.WriteNumber("min_chars", least);
        if (contract.MaxChars is { } most) json.WriteNumber("max_chars", most);
        if (contract.Expected is not null) json.WriteString("expected", contract.Expected);
        CallTagsJson.Write(json, prompt.Tags);
        json.WriteEndObject();
    }

    private static PromptBatch Read(InputNode root, BatchId id, DateTimeOffset submitted, Func<ModelKey, bool> isKnown, InputFaults faults)
    {
        root.AllowOnly("batch", "models", "prompts", "repetitions", "parameters", "timeoutSeconds", "retries", "cache", "storeText", "tags", "priority");
        if (root.OptionalText("batch", "a batch id") is { } name)
        {
            if (BatchId.IsValid(name)) id = new BatchId(name);
            else if (name.Length > 0) root.Property("batch")?.Fault($"'{name}' is no batch id: expected 1 to 80 lower-case letters, digits or dashes, a letter first.");
        }

        var models = RunPlanFile.ReadModels(root, _ => true);
        NoteUnknown(root, models, isKnown);
        var batch = new PromptBatch
        {
            Id = id,
            Kind = BatchKind.Prompts,
            Submitted = submitted,
            Plan = new RunPlan
            {
                Name = "batch",
                Seed = 0,
                Models = models,
                Prompts = root.Required("prompts", "an array of prompts") is { } prompts ? PromptFile.ReadArray(prompts, faults) : [],
                Repetitions = (int)(root.OptionalInteger("repetitions", 1, 10_000) ?? 1),
                Parameters = RunPlanFile.ReadParameters(root),
                Timeout = RunPlanFile.ReadTimeout(root),
                Retries = RunPlanFile.ReadRetries(root, UsualRetries),
                UsesCache = root.Flag("cache", false),
                Lane = CallLane.Batch,
                StoreText = root.Flag("storeText", false),
                Tags = CallTagsJson.ReadTags(root),
                Priority = CallTagsJson.ReadPriority(root),
            },
        };
        if (TooMany(batch) is { } problem) root.Fault(problem);
        return batch;
    }

    private static void NoteUnknown(InputNode root, IReadOnlyList<ModelKey> models, Func<ModelKey, bool> isKnown)
    {
        foreach (var model in models.Where(m => !isKnown(m))) root.Property("models")?.Fault($"{model} is not in models.json.");
    }

    private static PromptBatch Checked(PromptBatch batch) =>
        TooMany(batch) is { } problem ? throw new InputException("batch", "$", problem) : batch;

    private static string? TooMany(PromptBatch batch) =>
        (long)batch.Plan.Models.Count * batch.Plan.Prompts.Count * batch.Plan.Repetitions > RunId.MaxOrdinal + 1L
            ? string.Create(CultureInfo.InvariantCulture, $"The batch has more than {RunId.MaxOrdinal + 1} runs; split it.")
            : null;
}
