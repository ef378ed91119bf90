namespace CostMonitor.Core.Calling;

/// <summary>For whom and for what a call is made: one value in each dimension, so that the parts of a bill add up to it.</summary>
/// <remarks>Each value is 1 to 100 characters without control characters and without <c>/ \ # ? |</c>; null where the caller says nothing.</remarks>
public sealed record CallTags
{
    public const int Longest = 100;

    public static CallTags None { get; } = new();

    public string? Team { get; init; }

    public string? App { get; init; }

    public string? Feature { get; init; }

    /// <summary>An opaque name of the user; never an e-mail address or a person's name.</summary>
    public string? User { get; init; }

    public string? Experiment { get; init; }

    public static bool IsValid(string value) =>
        value.Length is > 0 and <= Longest && !value.Any(static c => char.IsControl(c) || c is '/' or '\\' or '#' or '?' or '|');
}
