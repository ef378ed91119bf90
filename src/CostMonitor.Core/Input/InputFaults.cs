using System.Text.Json;

namespace CostMonitor.Core.Input;

/// <summary>Collects the faults of one input, so that its author sees them all at once.</summary>
public sealed class InputFaults
{
    private readonly List<InputFault> _faults = [];

    public IReadOnlyList<InputFault> Faults => _faults;

    public void Add(string file, string path, string problem) => _faults.Add(new InputFault(file, path, problem));

    public void AddRange(IEnumerable<InputFault> faults) => _faults.AddRange(faults);

    /// <exception cref="InputException">At least one fault was added.</exception>
    public void ThrowIfAny()
    {
        if (_faults.Count > 0) throw new InputException([.. _faults]);
    }

    /// <summary>Reads <paramref name="json"/> with <paramref name="read"/> and throws all faults found on the way together.</summary>
    /// <param name="json">The text; comments and trailing commas are allowed, as people edit these files.</param>
    /// <param name="file">The name that faults give the text.</param>
    /// <param name="read">Turns the root into a value; null only if it has added a fault.</param>
    /// <exception cref="InputException">The text is not JSON, or <paramref name="read"/> found faults.</exception>
    public static T ReadJson<T>(string json, string file, Func<InputNode, T?> read)
        where T : class
    {
        var faults = new InputFaults();
        var value = faults.TryReadJson(json, file, read);
        faults.ThrowIfAny();
        return value ?? throw new InputException(file, "$", "Nothing could be read.");
    }

    /// <summary>As <see cref="ReadJson"/>, with the faults added here instead of thrown.</summary>
    public T? TryReadJson<T>(string json, string file, Func<InputNode, T?> read)
        where T : class
    {
        if (SurrogatePairs.IndexOfHalf(json) is var half and >= 0)
        {
            Add(file, $"line {json.AsSpan(0, half).Count('\n') + 1}", "This is not valid JSON: a text holds half a surrogate pair.");
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return read(new InputNode(document.RootElement, file, "$", this));
        }
        catch (JsonException e)
        {
            // The runtime gives no position for a property that stands twice.
            var path = e.LineNumber is { } line ? $"line {line + 1}, byte {e.BytePositionInLine + 1}" : "$";
            Add(file, path, $"This is not valid JSON: {Reason(e.Message)}");
            return null;
        }
    }

    // The runtime repeats its position at the end of the message, counted from 0; ours counts from 1.
    private static string Reason(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }

    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
        MaxDepth = 64,
    };
}
