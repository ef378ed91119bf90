namespace CostMonitor.Core.Alerts;

/// <summary>What is told of an alert, each once.</summary>
public enum AlertNotice
{
    /// <summary>That it has begun.</summary>
    Firing,

    /// <summary>That it is over.</summary>
    Recovered,
}
