using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Contracts;

/// <summary>What the answer to a prompt must satisfy. Answers are untrusted text.</summary>
public sealed class OutputContract
{
    private readonly JsonSchema? _schema;
    private readonly IReadOnlyList<string> _sections;
    private readonly (int Least, int Most)? _length;
    private readonly Regex? _expected;

    private OutputContract(
        ContractText source, OutputFormat format, JsonSchema? schema, IReadOnlyList<string> sections, (int, int)? length, Regex? expected) =>
        (Source, Format, _schema, _sections, _length, _expected) = (source, format, schema, sections, length, expected);

    /// <summary>Any text but an empty one.</summary>
    public static OutputContract AnyText { get; } =
        new(new ContractText(null, null, null, null, null, null), OutputFormat.Text, null, [], null, null);

    /// <summary>The contract as it was written.</summary>
    public ContractText Source { get; }

    public OutputFormat Format { get; }

    /// <param name="text">The contract as written.</param>
    /// <param name="fault">Takes each fault: the part, and what is wrong with it.</param>
    /// <returns>The contract, without the faulty parts.</returns>
    public static OutputContract Create(ContractText text, Action<string, string> fault)
    {
        var format = OutputFormat.Text;
        if (text.Format is not null && !(IsFormatName(text.Format) && Enum.TryParse(text.Format, true, out format)))
        {
            fault("format", $"Expected json, sections or text, got '{text.Format}'.");
        }

        var sections = text.Sections?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (format == OutputFormat.Sections && sections.Length == 0) fault("sections", "The format 'sections' needs headings, separated by ';'.");
        if (format != OutputFormat.Json && text.Schema is not null) fault("schema", "Only the format 'json' takes a schema.");
        var (least, most) = (text.MinChars ?? 0, text.MaxChars ?? int.MaxValue);
        if (least > most) fault("min_chars", string.Create(CultureInfo.InvariantCulture, $"min_chars {least} is above max_chars {most}."));
        return new OutputContract(
            text,
            format,
            format == OutputFormat.Json && text.Schema is not null ? JsonSchema.Parse(text.Schema, problem => fault("schema", problem)) : null,
            format == OutputFormat.Sections ? sections : [],
            text.MinChars is null && text.MaxChars is null ? null : (least, most),
            text.Expected is null ? null : Pattern(text.Expected, fault));
    }

    // Enum.TryParse alone would take numbers and lists too.
    private static bool IsFormatName(string text) => Enum.GetNames<OutputFormat>().Contains(text, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every check that applies to this contract, in a fixed order.</summary>
    /// <param name="answer">The answer's text.</param>
    /// <param name="finishReason">Why the provider stopped, if it said.</param>
    public IReadOnlyList<CheckResult> Check(string answer, string? finishReason)
    {
        var checks = new List<CheckResult>(6) { Gate("not_empty", !string.IsNullOrWhiteSpace(answer), "The answer is empty.") };
        if (_length is var (least, most))
        {
            checks.Add(Gate("length_chars", answer.Length >= least && answer.Length <= most, string.Create(
                CultureInfo.InvariantCulture, $"{answer.Length} characters; expected {least} to {most}.")));
        }

        if (Format == OutputFormat.Json) CheckJson(answer, checks);
        if (Format == OutputFormat.Sections) CheckSections(answer, checks);
        if (_expected is not null) checks.Add(Gate("expected", Matches(_expected, answer), "The expected content is not in the answer."));
        checks.Add(Gate("safety", finishReason is not "content_filter", "The provider's content filter ended the answer."));
        checks.Add(Gate("provider_error", !ErrorShape.IsProviderError(answer), "The answer is a provider's error report."));
        var mentionsError = answer.Contains("error", StringComparison.OrdinalIgnoreCase);
        checks.Add(new CheckResult("mentions_error", !mentionsError, Gates: false, mentionsError ? "The answer holds the word 'error'." : null));
        return checks;
    }

    private void CheckJson(string answer, List<CheckResult> checks)
    {
        if (SurrogatePairs.IndexOfHalf(answer) >= 0)
        {
            AddNoJson("Not valid JSON: a text holds half a surrogate pair.", checks);
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(answer);
            checks.Add(Gate("json", true, ""));
            if (_schema is null) return;
            var problem = _schema.FirstViolation(document.RootElement);
            checks.Add(Gate("schema", problem is null, problem ?? ""));
        }
        catch (JsonException e)
        {
            AddNoJson(string.Create(CultureInfo.InvariantCulture, $"Not valid JSON at line {e.LineNumber + 1}."), checks);
        }
    }

    private void AddNoJson(string detail, List<CheckResult> checks)
    {
        checks.Add(Gate("json", false, detail));
        if (_schema is not null) checks.Add(Gate("schema", false, "There is no JSON to check."));
    }

    private void CheckSections(string answer, List<CheckResult> checks)
    {
        var missing = _sections.Where(s => !answer.Contains(s, StringComparison.OrdinalIgnoreCase)).ToArray();
        checks.Add(Gate("sections", missing.Length == 0, $"Missing: {string.Join("; ", missing)}."));
    }

    private static CheckResult Gate(string name, bool passed, string detail) => new(name, passed, Gates: true, passed ? null : detail);

    private static Regex? Pattern(string expected, Action<string, string> fault)
    {
        var pattern = expected is ['/', .. var inner, '/'] ? inner : Regex.Escape(expected);
        try
        {
            return new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException e)
        {
            fault("expected", $"'{expected}' is no regular expression: {e.Message}");
            return null;
        }
    }

    private static bool Matches(Regex pattern, string answer)
    {
        try
        {
            return pattern.IsMatch(answer);
        }
        catch (RegexMatchTimeoutException)
        {
            return false; // a pattern that cannot be decided within its second has not been found
        }
    }
}
