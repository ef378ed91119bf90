namespace CostMonitor.Providers.Configuration;

/// <summary>A provider's key, which shows itself to no log, message or debugger view by accident.</summary>
public sealed class ApiKey
{
    private readonly string _value;

    private ApiKey(string value) => _value = value;

    /// <returns>Null when the text is blank or holds a character that an HTTP header cannot carry.</returns>
    public static ApiKey? TryCreate(string? text) =>
        text?.Trim() is { Length: > 0 } key && key.All(static c => c is > ' ' and <= '~') ? new ApiKey(key) : null;

    internal string Reveal() => _value;

    public override string ToString() => "***";
}
