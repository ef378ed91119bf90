namespace CostMonitor.Core.Pricing.Azure;

/// <summary>A price of the list that no row was made from, and why.</summary>
/// <param name="Meter">The price.</param>
/// <param name="Kind">The kind of reason.</param>
/// <param name="Why">The reason, for people.</param>
/// <param name="Suggestion">What its name looks like, for a meter that no table names; null if that cannot be said. It prices nothing until it is accepted.</param>
public sealed record UnusedMeter(RetailMeter Meter, UnusedKind Kind, string Why, MeterRule? Suggestion = null);
