namespace CostMonitor.Functions.Host;

/// <summary>An invocation that does not have the Functions host's wire format.</summary>
internal sealed class TriggerException(string message) : Exception(message);
