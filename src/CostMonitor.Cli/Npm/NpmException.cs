namespace CostMonitor.Cli.Npm;

/// <summary>A program of Node.js cannot be installed or started; the message says what to do.</summary>
internal sealed class NpmException(string message, Exception? innerException = null) : Exception(message, innerException);
