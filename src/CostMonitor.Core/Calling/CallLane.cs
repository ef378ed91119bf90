namespace CostMonitor.Core.Calling;

/// <summary>Who asks. Where calls must wait for a provider's limit, the lanes take turns, so that none starves another.</summary>
public enum CallLane
{
    /// <summary>An app's own call.</summary>
    App,

    /// <summary>A scheduled or local benchmark.</summary>
    Canary,

    /// <summary>A prompt batch.</summary>
    Batch,
}
