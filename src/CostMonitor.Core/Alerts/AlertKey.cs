namespace CostMonitor.Core.Alerts;

/// <summary>What an alert is told once about: however many see the same, it has the same key.</summary>
/// <param name="Scope">What it is about, as in <c>budget:team-search</c>, <c>model:openai:gpt-4o</c>; 1 to 300 characters without <c>/ \ # ? |</c>.</param>
/// <param name="Period">Of which period, or since when, as in <c>2026-11</c>, <c>20261121T093000Z</c>.</param>
/// <param name="Rule">What was crossed, as in <c>threshold-80</c>, <c>breaker-opened</c>.</param>
public readonly record struct AlertKey(string Scope, string Period, string Rule)
{
    /// <summary><c>scope|period|rule</c>.</summary>
    public override string ToString() => $"{Scope}|{Period}|{Rule}";
}
