namespace CostMonitor.Providers.Chain;

/// <summary>What one who joined a flight is to do.</summary>
internal enum FlightTurn
{
    /// <summary>Take the answer.</summary>
    Answered,

    /// <summary>Ask, for all who wait.</summary>
    Leads,

    /// <summary>Ask for itself: the answer that came cannot be shared.</summary>
    Alone,
}
