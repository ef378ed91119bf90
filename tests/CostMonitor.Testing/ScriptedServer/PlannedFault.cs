namespace CostMonitor.Testing.ScriptedServer;

/// <summary>A kind of fault in a <see cref="FaultScript"/>.</summary>
/// <param name="Name">In words, for the books.</param>
/// <param name="Share">Of all logical calls that meet it: 0 to 1.</param>
/// <param name="Script">What such a call is answered with.</param>
/// <param name="Attempts">To how many attempts of it, from the first one on.</param>
public sealed record PlannedFault(string Name, double Share, Script Script, int Attempts = 1);
