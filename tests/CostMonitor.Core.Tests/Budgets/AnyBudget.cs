using CostMonitor.Core.Budgets;
using CostMonitor.Core.Pricing;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Budgets;

/// <summary>Random definitions, every field with and without a value.</summary>
internal static class AnyBudget
{
    private static readonly Gen<ModelKey> Model = Gen.Elements("openai:gpt-4o", "local:org/model", "sim:a", "azure-openai:x").Select(ModelKey.Parse);

    private static readonly Gen<BudgetScope> Scope = Gen.Elements(
            "all", "team:each", "team:search", "user:ü 日本", "model:local:org/model", "provider:sim", "app:a:b", "feature:each", "experiment:\"quoted\"")
        .Select(text => BudgetScope.TryParse(text, out var scope) ? scope : throw new InvalidOperationException(text));

    private static readonly Gen<Usd> Money = from cents in Gen.Choose(0, int.MaxValue) from scale in Gen.Choose(0, 9) select new Usd(new decimal(cents, 0, 0, false, (byte)scale));

    private static readonly Gen<IReadOnlyList<BudgetThreshold>> Thresholds =
        from steps in Gen.Choose(1, 1000).ListOf()
        from actions in Gen.Elements(BudgetAction.Notice, BudgetAction.Warn, BudgetAction.Throttle).ArrayOf(5)
        from blocks in Gen.Elements(true, false)
        let rising = steps.Distinct().Order().Take(5).Select((s, i) => new BudgetThreshold(s / 10m, actions[i])).ToList()
        select (IReadOnlyList<BudgetThreshold>)(blocks && rising.Count > 0 ? [.. rising.SkipLast(1), rising[^1] with { Action = BudgetAction.Block }] : rising);

    private static readonly Gen<Throttling> Throttled =
        from share in Gen.Choose(1, 1000)
        from cheaper in Model.ListOf().Select(m => m.Distinct().ToDictionary(k => k, _ => ModelKey.Parse("sim:cheapest")))
        from most in Gen.OneOf(Gen.Constant<int?>(null), Gen.Choose(1, 1_000_000).Select(t => (int?)t))
        from factor in Gen.Choose(1, 1000)
        select new Throttling { Share = share / 1000.0, Cheaper = cheaper, MaxOutputTokens = most, CacheTtlFactor = factor };

    private static readonly Gen<BudgetDefinition> Definitions1 =
        from scope in Scope
        from period in Gen.Elements(Enum.GetValues<BudgetPeriod>())
        from window in Gen.Choose(3600, 31 * 24 * 3600)
        from zone in Gen.Elements("UTC", "Europe/Berlin", "America/Sao_Paulo")
        from limit in Money
        from flags in Gen.Elements(true, false).ArrayOf(3)
        from unpriced in Model.ListOf()
        from thresholds in Thresholds
        from throttling in Throttled
        from tokens in Gen.Choose(1, 1_000_000)
        from overdraft in Money
        from cap in Gen.Choose(0, 10)
        select new BudgetDefinition
        {
            Budget = new Budget
            {
                Id = "b", Scope = scope, Period = period, Window = period == BudgetPeriod.Rolling ? TimeSpan.FromSeconds(window) : default,
                Zone = TimeZoneInfo.FindSystemTimeZoneById(zone), Limit = limit, IsHard = flags[0], AllowsUnpriced = [.. unpriced.Distinct()], Thresholds = thresholds,
                Throttling = throttling, OutputTokens = tokens, HoldsLearned = flags[1], Overdraft = overdraft, CountsUnconfirmed = flags[2],
            },
            DailyCap = period == BudgetPeriod.Month ? Cap(limit, cap) : null,
        };

    public static readonly Arbitrary<BudgetDefinition> Definition = Definitions1.ToArbitrary();

    /// <summary>Budgets whose scopes are of users of their own, so that none contradicts another.</summary>
    public static readonly Arbitrary<BudgetDefinition[]> Definitions = Definitions1.ArrayOf()
        .Select(all => all.Select((d, i) => d with { Budget = d.Budget with { Id = $"b-{i}", Scope = new BudgetScope(BudgetDimension.User, $"u{i}") } }).ToArray()).ToArbitrary();

    /// <summary>All that a definition holds, lists included, as a text to compare.</summary>
    public static string Known(BudgetDefinition definition)
    {
        var b = definition.Budget;
        return string.Join(
            '\n', definition.DailyCap, b.Id, b.Scope, b.Period, b.Window, b.Zone.Id, b.Limit.ToExactString(), b.IsHard, string.Join(',', b.AllowsUnpriced), string.Join(',', b.Thresholds),
            b.Throttling.Share, string.Join(',', b.Throttling.Cheaper.OrderBy(c => c.Key)), b.Throttling.MaxOutputTokens, b.Throttling.CacheTtlFactor, b.OutputTokens, b.HoldsLearned,
            b.Overdraft.ToExactString(), b.CountsUnconfirmed);
    }

    private static DailyCap? Cap(Usd limit, int cap) => cap switch
    {
        0 => null,
        1 when DailyCap.Of(limit).Limit > Usd.Zero => DailyCap.Of(limit),
        _ => new DailyCap(new Usd(limit.Amount * cap / 10), false),
    };
}
