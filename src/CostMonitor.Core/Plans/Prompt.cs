using CostMonitor.Core.Calling;
using CostMonitor.Core.Contracts;

namespace CostMonitor.Core.Plans;

/// <summary>A question of a prompt set, and what its answer must look like.</summary>
public sealed record Prompt
{
    /// <summary>Names it within its set: 1 to 100 letters, digits, dots, dashes or underscores.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of task it is, such as <c>qa</c> or <c>extraction</c>; summaries may group by it.</summary>
    public required string Category { get; init; }

    public required string Text { get; init; }

    /// <summary>The system instruction; null for none.</summary>
    public string? System { get; init; }

    /// <summary>For whom and for what it is asked, where that is not what its plan says.</summary>
    public CallTags Tags { get; init; } = CallTags.None;

    /// <summary>What an answer must satisfy.</summary>
    public OutputContract Contract { get; init; } = OutputContract.AnyText;

    public static bool IsId(string id) =>
        id.Length is > 0 and <= 100 && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
}
