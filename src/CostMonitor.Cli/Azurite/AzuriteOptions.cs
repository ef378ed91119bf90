namespace CostMonitor.Cli.Azurite;

/// <summary>How the storage emulator is started.</summary>
public sealed record AzuriteOptions
{
    /// <summary>Where it keeps its files; null to keep everything in memory.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The blob service's port on loopback, which the queue and the table service follow: 10000 if not set.</summary>
    public int FirstPort { get; init; } = 10_000;

    /// <summary>What a user changes to move <see cref="FirstPort"/>, for the message about a busy port.</summary>
    public string PortSetting { get; init; } = "--storage-port";

    /// <summary>Takes each line of the emulator; called on any thread.</summary>
    public Action<string> Output { get; init; } = _ => { };
}
