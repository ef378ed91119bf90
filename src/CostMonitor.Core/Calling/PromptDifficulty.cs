namespace CostMonitor.Core.Calling;

/// <summary>How much of a model a question needs.</summary>
public enum PromptDifficulty
{
    /// <summary>A small model answers it as well.</summary>
    Easy,

    /// <summary>It is worth the flagship.</summary>
    Hard,
}
