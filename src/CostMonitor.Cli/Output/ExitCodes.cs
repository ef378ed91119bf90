namespace CostMonitor.Cli.Output;

/// <summary>What the exit code of <c>costmon</c> says.</summary>
internal static class ExitCodes
{
    public const int Fine = 0;

    /// <summary>The work was done, and a budget or a check failed.</summary>
    public const int CheckFailed = 1;

    /// <summary>The work could not be done.</summary>
    public const int CouldNot = 2;
}
