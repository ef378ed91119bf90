using CostMonitor.Core.Input;

namespace CostMonitor.Functions.Telemetry;

/// <summary>Where Application Insights takes telemetry, and as whom it is sent; by the names that the Functions host has for them.</summary>
/// <param name="ConnectionString"><c>APPLICATIONINSIGHTS_CONNECTION_STRING</c>.</param>
/// <param name="UsesIdentity">Whether <c>APPLICATIONINSIGHTS_AUTHENTICATION_STRING</c> asks for a token; without it the key in the connection string is enough.</param>
/// <param name="ClientId">The user-assigned identity that the token is for; null for the system-assigned one.</param>
internal sealed record InsightsSettings(string ConnectionString, bool UsesIdentity, string? ClientId)
{
    private const string Connection = "APPLICATIONINSIGHTS_CONNECTION_STRING", Authentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <returns>Null when no connection string is set: nothing is sent.</returns>
    /// <exception cref="InputException">All faulty settings; none is shown, since both may hold what others should not read.</exception>
    public static InsightsSettings? Read(Func<string, string?> setting)
    {
        if (setting(Connection) is not { Length: > 0 } connection) return null;
        var faults = new InputFaults();
        CheckConnection(connection, faults);
        var (usesIdentity, clientId) = setting(Authentication) is { Length: > 0 } authentication ? ReadAuthentication(authentication, faults) : (false, null);
        faults.ThrowIfAny();
        return new InsightsSettings(connection, usesIdentity, clientId);
    }

    private static void CheckConnection(string connection, InputFaults faults)
    {
        const string expected = "Expected InstrumentationKey=GUID;IngestionEndpoint=https://..., as the component's page in the portal shows it";
        if (Pairs(connection) is not { } parts)
        {
            faults.Add("setting", Connection, $"{expected}; what is there are no name=value pairs.");
            return;
        }

        if (!Guid.TryParse(parts.GetValueOrDefault("InstrumentationKey"), out _)) faults.Add("setting", Connection, $"{expected}; InstrumentationKey is missing or no GUID.");
        var isAddress = Uri.TryCreate(parts.GetValueOrDefault("IngestionEndpoint"), UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
        if (!isAddress && (parts.ContainsKey("IngestionEndpoint") || !parts.ContainsKey("EndpointSuffix"))) faults.Add("setting", Connection, $"{expected}; IngestionEndpoint is missing or no address.");
    }

    private static (bool UsesIdentity, string? ClientId) ReadAuthentication(string authentication, InputFaults faults)
    {
        var parts = Pairs(authentication);
        var isEntra = string.Equals(parts?.GetValueOrDefault("Authorization"), "AAD", StringComparison.OrdinalIgnoreCase);
        var clientId = parts?.GetValueOrDefault("ClientId");
        if (!isEntra || (clientId is not null && !Guid.TryParse(clientId, out _)))
        {
            faults.Add("setting", Authentication, "Expected Authorization=AAD, or ClientId=GUID;Authorization=AAD for a user-assigned identity.");
        }

        return (isEntra, clientId);
    }

    /// <returns>Null when a part has no name or no value; of a name that comes twice the last one holds, as in the library.</returns>
    private static Dictionary<string, string>? Pairs(string text)
    {
        var pairs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at < 1 || at == part.Length - 1) return null;
            pairs[part[..at].Trim()] = part[(at + 1)..].Trim();
        }

        return pairs;
    }
}
