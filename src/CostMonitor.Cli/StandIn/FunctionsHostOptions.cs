namespace CostMonitor.Cli.StandIn;

/// <summary>What <see cref="FunctionsHost"/> runs, and where.</summary>
public sealed record FunctionsHostOptions
{
    /// <summary>The script root: the publish output with host.json, the functions' folders and the executable.</summary>
    public required string AppFolder { get; init; }

    /// <summary>App settings, which win over those of local.settings.json.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Becomes the app setting <c>AzureWebJobsStorage</c>; null to take that of the settings.</summary>
    public string? StorageConnectionString { get; init; }

    /// <summary>The port of the HTTP functions on loopback: 7071 if not set, 0 for any free one.</summary>
    public int HttpPort { get; init; } = 7071;

    /// <summary>Where the state of the timers is kept between two starts.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Takes each line of the app and of the host; called on any thread.</summary>
    public Action<string> Output { get; init; } = _ => { };

    /// <summary>How many failures of the app's process end it for good: 3 in the host.</summary>
    public int GiveUpAfter { get; init; } = 3;

    /// <summary>Which queue messages are delivered twice; null for those that storage itself repeats.</summary>
    public DuplicateDeliveries? DuplicateDeliveries { get; init; }

    /// <summary>The clock of timers and waits.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
