namespace CostMonitor.Providers.Simulated;

/// <summary>What a simulated model writes.</summary>
public enum SimulatedContent
{
    /// <summary>The words of the prompt, over and over.</summary>
    Echo,

    /// <summary>Sentences that begin with the words the prompt puts in quotes; with JSON asked for, an object with those names.</summary>
    Checks,
}
