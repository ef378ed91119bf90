namespace CostMonitor.Core.Plans;

/// <summary>What can be measured; a plan declares which of these it is about.</summary>
public static class Variables
{
    public static IReadOnlyList<string> All { get; } =
        ["latency_e2e", "ttft", "ttfc", "itl", "tps", "tokens", "cost", "compliance", "check_score", "diversity_proxy", "error_rate"];
}
