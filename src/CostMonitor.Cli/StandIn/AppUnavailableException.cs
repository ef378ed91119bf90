namespace CostMonitor.Cli.StandIn;

/// <summary>The app does not run, and the host would not start it again.</summary>
public sealed class AppUnavailableException(string message) : Exception(message);
