namespace CostMonitor.Functions.Tests.AlertQueue;

/// <summary>Stands for the end of a process: nothing catches it but the test.</summary>
public sealed class KilledException : Exception;
