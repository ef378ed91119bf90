namespace CostMonitor.Core.Pricing.Import;

/// <summary>Two entries of one source that give one offer different prices on one day. Neither is taken over.</summary>
/// <param name="First">One price.</param>
/// <param name="FirstEntry">The entry that states it.</param>
/// <param name="Second">The other price, of the same offer and first day.</param>
/// <param name="SecondEntry">The entry that states it.</param>
public sealed record SourceConflict(Price First, string FirstEntry, Price Second, string SecondEntry);
