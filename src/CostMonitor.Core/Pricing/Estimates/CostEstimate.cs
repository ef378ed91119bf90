namespace CostMonitor.Core.Pricing.Estimates;

/// <summary>What a workload would cost by one row of the catalog.</summary>
public sealed record CostEstimate
{
    /// <summary>Beyond this many months a growth is a guess.</summary>
    private const int MostMonths = 120;

    private CostEstimate(Workload workload, Usd conversation) => (Workload, PerConversation) = (workload, conversation);

    public Workload Workload { get; }

    /// <summary>The cost of one conversation that is not answered from a cache.</summary>
    public Usd PerConversation { get; }

    /// <summary>Per thousand tokens, all classes together. Only to compare with other blends: it is right for this mix alone.</summary>
    public Usd BlendPerThousandTokens => new(PerConversation.Amount * 1000 / Math.Max(1, Workload.Calls().Sum(c => c.Total)));

    public Usd PerDay => new(PerConversation.Amount * Workload.ConversationsPerDay * (1 - Workload.CacheHits));

    public Usd PerMonth => new(PerDay.Amount * Workload.DaysPerMonth);

    /// <summary>What the cache saves in a month.</summary>
    public Usd SavedPerMonth => new(PerConversation.Amount * Workload.ConversationsPerDay * Workload.CacheHits * Workload.DaysPerMonth);

    /// <summary>Share of the monthly budget; null without one, or with one of 0.</summary>
    public decimal? ShareOfBudget => Workload.MonthlyBudget is { Amount: > 0 } budget ? PerMonth.Amount / budget.Amount : null;

    /// <summary>The monthly budget by day; null without one.</summary>
    public Usd? DailyCap => Workload.MonthlyBudget is { } budget ? new Usd(budget.Amount / Workload.DaysPerMonth) : null;

    /// <summary>In how many months growth makes the cost exceed the budget: 0 for this one; null if never, or not within 10 years, or without a budget.</summary>
    public int? MonthsUntilBudgetIsExceeded
    {
        get
        {
            if (Workload.MonthlyBudget is not { } budget) return null;
            var month = PerMonth.Amount;
            for (var n = 0; n <= MostMonths; n++, month *= 1 + Workload.MonthlyGrowth)
            {
                if (month > budget.Amount) return n;
                if (Workload.MonthlyGrowth <= 0) return null;
            }

            return null;
        }
    }

    /// <returns>Null when a call of the workload has no price; <paramref name="reason"/> then says why.</returns>
    public static CostEstimate? Of(Workload workload, Price price, out string reason)
    {
        var sum = Usd.Zero;
        foreach (var call in workload.Calls())
        {
            var cost = price.CostOf(call);
            reason = cost.UnpricedReason ?? "";
            if (cost.Amount is not { } amount) return null;
            sum += amount;
        }

        reason = "";
        return new CostEstimate(workload, sum);
    }
}
