namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>A mail server and what it is asked to send.</summary>
internal sealed record SmtpSettings
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required bool Tls { get; init; }

    /// <summary>Null to send without a login.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    public required string From { get; init; }

    public required IReadOnlyList<string> To { get; init; }

    public override string ToString() => $"{Host}:{Port}"; // never the password
}
