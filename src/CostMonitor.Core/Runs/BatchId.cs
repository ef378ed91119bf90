namespace CostMonitor.Core.Runs;

/// <summary>Names a group of runs that were asked for together: a prompt batch, a slot of a canary, a benchmark.</summary>
public readonly record struct BatchId
{
    private readonly string? _value;

    /// <param name="value">1 to 80 lower-case letters, digits or dashes, beginning with a letter.</param>
    /// <exception cref="FormatException">It is none of that.</exception>
    public BatchId(string value) => _value = IsValid(value)
        ? value
        : throw new FormatException($"'{value}' is no batch id: expected 1 to 80 lower-case letters, digits or dashes, a letter first.");

    public static bool IsValid(string value) =>
        value.Length is > 0 and <= 80 && char.IsAsciiLetterLower(value[0])
        && value.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>The batch of a canary's slot: the same slot always gives the same id, so a second firing repeats nothing.</summary>
    public static BatchId ForSlot(string plan, DateTimeOffset slot) =>
        new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"canary-{plan}-{slot.UtcDateTime:yyyyMMdd't'HHmmss}"));

    public override string ToString() => _value ?? "";
}
