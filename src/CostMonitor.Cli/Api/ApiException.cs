namespace CostMonitor.Cli.Api;

/// <summary>The app's API refused a request; the message holds its problem with all faults.</summary>
public sealed class ApiException(string message) : Exception(message);
