using System.Globalization;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Plans;

/// <summary>Reads a prompt set from CSV or JSON.</summary>
public static class PromptFile
{
    private static readonly string[] Columns =
        ["id", "category", "prompt", "system", "format", "schema", "sections", "min_chars", "max_chars", "expected"];

    private static readonly string[] CsvColumns = [.. Columns, .. Enum.GetValues<TagDimension>().Select(EnumNames.Of)];

    private static readonly string[] Properties = [.. Columns, "tags"];

    private const int MaxPromptChars = 1_000_000;

    /// <param name="csv">RFC 4180 with a header; <c>prompt</c> is the one column that must be there.</param>
    /// <exception cref="InputException">All faults, each with its line.</exception>
    public static IReadOnlyList<Prompt> ParseCsv(string csv, string file)
    {
        var faults = new InputFaults();
        var records = CsvReader.Read(csv, file, faults);
        var prompts = new List<Prompt>();
        if (records.Count == 0)
        {
            faults.Add(file, "line 1", $"Expected a header with some of {string.Join(",", CsvColumns)}.");
        }
        else if (ReadHeader(records[0], file, faults) is { } header)
        {
            foreach (var record in records.Skip(1)) prompts.Add(ReadRecord(record, records[0].Fields.Count, header, prompts.Count, file, faults));
        }

        NoteDuplicates(prompts, file, faults);
        if (records.Count > 0 && prompts.Count == 0) faults.Add(file, "line 2", "The set holds no prompt.");
        faults.ThrowIfAny();
        return prompts;
    }

    /// <summary>Reads an array of prompts, each a plain text or an object with the names of the CSV's columns, the tags among them in an object <c>tags</c>.</summary>
    public static IReadOnlyList<Prompt> ReadArray(InputNode array, InputFaults faults)
    {
        var prompts = new List<Prompt>();
        foreach (var node in array.Items("an array of prompts"))
        {
            prompts.Add(node.IsString ? ReadText(node, prompts.Count) : ReadObject(node, prompts.Count));
        }

        if (prompts.Count == 0 && faults.Faults.Count == 0) array.Fault("The set holds no prompt.");
        NoteDuplicates(prompts, array.File, faults);
        return prompts;
    }

    private static Prompt ReadText(InputNode node, int index)
    {
        var prompt = new Prompt { Id = DefaultId(index), Category = "default", Text = node.Text("a prompt") };
        if (prompt.Text.Length > 0) Check(prompt, node.Fault);
        return prompt;
    }

    private static string DefaultId(int index) => string.Create(CultureInfo.InvariantCulture, $"p{index + 1:D4}");

    private static Dictionary<string, int>? ReadHeader(CsvRecord record, string file, InputFaults faults)
    {
        var at = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < record.Fields.Count; i++)
        {
            var name = record.Fields[i].Trim();
            if (!CsvColumns.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                faults.Add(file, Line(record), $"Unknown column '{name}'; expected {string.Join(", ", CsvColumns)}.");
            }
            else if (!at.TryAdd(name, i))
            {
                faults.Add(file, Line(record), $"The column '{name}' stands twice.");
            }
        }

        if (at.ContainsKey("prompt")) return at;
        faults.Add(file, Line(record), "The column 'prompt' is missing.");
        return null;
    }

    private static Prompt ReadRecord(
        CsvRecord record, int columns, Dictionary<string, int> header, int index, string file, InputFaults faults)
    {
        if (record.Fields.Count != columns)
        {
            faults.Add(file, Line(record), string.Create(
                CultureInfo.InvariantCulture, $"Expected {columns} fields as in the header, got {record.Fields.Count}."));
        }

        string? Field(string name) =>
            header.TryGetValue(name, out var i) && i < record.Fields.Count && record.Fields[i].Trim() is { Length: > 0 } text ? text : null;

        int? Number(string name)
        {
            if (Field(name) is not { } text) return null;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return value;
            faults.Add(file, Line(record), $"'{name}' must be a whole number of characters, got '{text}'.");
            return null;
        }

        CallTags Tags()
        {
            var tags = CallTags.None;
            foreach (var dimension in Enum.GetValues<TagDimension>())
            {
                var name = EnumNames.Of(dimension);
                if (Field(name) is not { } value) continue;
                if (CallTags.IsValid(value)) tags = tags.With(dimension, value);
                else faults.Add(file, $"{Line(record)}, {name}", $"'{Shown(value)}' is no tag: expected {CallTags.Rule}.");
            }

            return tags;
        }

        var contract = OutputContract.Create(
            new ContractText(Field("format"), Field("schema"), Field("sections"), Number("min_chars"), Number("max_chars"), Field("expected")),
            (part, problem) => faults.Add(file, $"{Line(record)}, {part}", problem));
        var prompt = new Prompt
        {
            Id = Field("id") ?? DefaultId(index),
            Category = Field("category") ?? "default",
            Text = Field("prompt") ?? "",
            System = Field("system"),
            Tags = Tags(),
            Contract = contract,
        };
        Check(prompt, problem => faults.Add(file, Line(record), problem));
        return prompt;
    }

    private static Prompt ReadObject(InputNode node, int index)
    {
        node.AllowOnly(Properties);
        var contract = OutputContract.Create(
            new ContractText(
                node.OptionalText("format", "json, sections or text"),
                node.Property("schema") is { } schema ? schema.IsString ? schema.Text("a JSON Schema") : schema.Element.GetRawText() : null,
                node.OptionalText("sections", "headings separated by ;"),
                (int?)node.OptionalInteger("min_chars", 0, MaxPromptChars),
                (int?)node.OptionalInteger("max_chars", 0, MaxPromptChars),
                node.OptionalText("expected", "a text or /pattern/")),
            (part, problem) => node.Fault($"{part}: {problem}"));
        var prompt = new Prompt
        {
            Id = node.OptionalText("id", "an id") ?? DefaultId(index),
            Category = node.OptionalText("category", "a category") ?? "default",
            Text = node.RequiredText("prompt", "the prompt's text"),
            System = node.OptionalText("system", "a system instruction"),
            Tags = CallTagsJson.ReadTags(node),
            Contract = contract,
        };
        if (prompt.Text.Length > 0) Check(prompt, node.Fault);
        return prompt;
    }

    private static void Check(Prompt prompt, Action<string> fault)
    {
        if (!Prompt.IsId(prompt.Id)) fault($"'{prompt.Id}' is no id: expected 1 to 100 letters, digits, dots, dashes or underscores.");
        if (!Prompt.IsId(prompt.Category)) fault($"'{prompt.Category}' is no category: expected letters, digits, dots, dashes or underscores.");
        if (prompt.Text.Length == 0) fault("'prompt' is empty.");
        if (prompt.Text.Length > MaxPromptChars) fault($"'prompt' has {prompt.Text.Length} characters; at most {MaxPromptChars} are taken.");
    }

    private static void NoteDuplicates(IReadOnlyList<Prompt> prompts, string file, InputFaults faults)
    {
        foreach (var id in prompts.GroupBy(p => p.Id).Where(g => g.Count() > 1))
        {
            faults.Add(file, id.Key, string.Create(CultureInfo.InvariantCulture, $"The id stands {id.Count()} times; each must be unique."));
        }
    }

    private static string Shown(string value) => value.Length <= 60 ? value : value[..60] + "...";

    private static string Line(CsvRecord record) => string.Create(CultureInfo.InvariantCulture, $"line {record.Line}");
}
