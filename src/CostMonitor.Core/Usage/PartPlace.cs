namespace CostMonitor.Core.Usage;

/// <summary>Where a provider counts tokens that it also reports as a part.</summary>
public enum PartPlace
{
    /// <summary>Inside the figure of the whole: the whole holds them already.</summary>
    Inside,

    /// <summary>Beside it: the whole is the figure and the part together.</summary>
    Beside,

    /// <summary>Beside it if the reported total says so, or else inside.</summary>
    ByTotal,
}
