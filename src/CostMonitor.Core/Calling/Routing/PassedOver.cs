namespace CostMonitor.Core.Calling.Routing;

/// <summary>A deployment that a call is not to ask.</summary>
/// <param name="Target">The deployment.</param>
/// <param name="Rule">Which rule forbids it.</param>
/// <param name="Reason">The rule with its figures, as part of a sentence.</param>
public sealed record PassedOver(RouteTarget Target, PassedOverFor Rule, string Reason)
{
    public override string ToString() => $"{Target.Model} ({Reason})";
}
