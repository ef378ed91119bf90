namespace CostMonitor.Cli.Azurite;

/// <summary>The storage emulator cannot be installed or started; the message says what to do.</summary>
public sealed class AzuriteException(string message, Exception? innerException = null) : Exception(message, innerException);
