namespace CostMonitor.Core.Pricing;

/// <summary>A model of a provider, written <c>provider:model</c>, as in <c>openai:gpt-4o</c>.</summary>
public readonly record struct ModelKey : IComparable<ModelKey>
{
    /// <summary>The most characters of a model's name.</summary>
    public const int LongestModel = 200;

    private readonly string? _provider, _model;

    /// <param name="provider">Lower-case letters, digits and dashes.</param>
    /// <param name="model">Any text without white space or control characters.</param>
    public ModelKey(string provider, string model)
    {
        if (!IsProvider(provider)) throw new FormatException($"'{provider}' is no provider name: expected lower-case letters, digits and dashes.");
        if (!IsModel(model)) throw new FormatException($"'{model}' is no model name: expected 1 to 200 characters without white space.");
        (_provider, _model) = (provider, model);
    }

    public string Provider => _provider ?? "";

    public string Model => _model ?? "";

    public static bool TryParse(string? text, out ModelKey key)
    {
        key = default;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (text is null || colon < 1 || !IsProvider(text[..colon]) || !IsModel(text[(colon + 1)..])) return false;
        key = new ModelKey(text[..colon], text[(colon + 1)..]);
        return true;
    }

    public static bool TryCreate(string provider, string model, out ModelKey key)
    {
        var isValid = IsProvider(provider) && IsModel(model);
        key = isValid ? new ModelKey(provider, model) : default;
        return isValid;
    }

    /// <exception cref="FormatException">The text is not <c>provider:model</c>.</exception>
    public static ModelKey Parse(string text) =>
        TryParse(text, out var key) ? key : throw new FormatException($"'{text}' is no model: expected provider:model, as in openai:gpt-4o.");

    public int CompareTo(ModelKey other) => string.CompareOrdinal(ToString(), other.ToString());

    public static bool operator <(ModelKey a, ModelKey b) => a.CompareTo(b) < 0;

    public static bool operator >(ModelKey a, ModelKey b) => a.CompareTo(b) > 0;

    public static bool operator <=(ModelKey a, ModelKey b) => a.CompareTo(b) <= 0;

    public static bool operator >=(ModelKey a, ModelKey b) => a.CompareTo(b) >= 0;

    public override string ToString() => $"{Provider}:{Model}";

    private static bool IsProvider(string text) =>
        text.Length is > 0 and <= 60 && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static bool IsModel(string text) =>
        text.Length is > 0 and <= LongestModel && !text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c));
}
