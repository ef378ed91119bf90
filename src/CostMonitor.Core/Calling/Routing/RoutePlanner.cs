using System.Globalization;

namespace CostMonitor.Core.Calling.Routing;

/// <summary>Decides whom a call of a route asks. Pure: the same call, health and draw give the same plan.</summary>
/// <remarks>
/// Rules that pass a deployment over, in the order of <see cref="PassedOverFor"/>; then what puts the rest in order, a later rule deciding
/// only where the earlier ones leave a tie:
/// <list type="number">
/// <item>a half-open breaker goes last for an urgent call; for any other it keeps its place, since only a call that it takes can close it, and it takes one at a time;</item>
/// <item>by difficulty, if it is known: small models first for an easy question, flagships first for a hard one;</item>
/// <item>an urgent call: the lowest recent latency first; any other call: the route's order;</item>
/// <item>the place in the route's list.</item>
/// </list>
/// A cost or a latency that is not known goes behind those that are.
/// </remarks>
public static class RoutePlanner
{
    /// <param name="route">The route.</param>
    /// <param name="request">The call.</param>
    /// <param name="healths">One for each target, in the route's order.</param>
    /// <param name="draw">From 0 up to 1: decides a weighted order, and nothing else.</param>
    public static RoutePlan Plan(Route route, RouteRequest request, ReadOnlySpan<TargetHealth> healths, double draw)
    {
        if (healths.Length != route.Targets.Count) throw new ArgumentException("There must be one health for each target.", nameof(healths));
        if (draw is not (>= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(draw), draw, "A draw runs from 0 up to 1.");
        var (fitting, passed) = (new List<Ranked>(healths.Length), new List<PassedOver>());
        for (var i = 0; i < healths.Length; i++)
        {
            var target = route.Targets[i];
            if (WhyNot(target.Facts, request, healths[i]) is { } not) passed.Add(new PassedOver(target, not.Rule, not.Reason));
            else fitting.Add(new Ranked(i, request.Wish.IsUrgent && healths[i].State == TargetState.HalfOpen, !Suits(target.Facts.Grade, request.Difficulty), Key(route.Order, request.Wish, healths[i])));
        }

        if (route.Order == RouteOrder.Weighted && !request.Wish.IsUrgent) Draw(route, fitting, draw);
        fitting.Sort();
        var inOrder = new PlannedTarget[fitting.Count];
        for (var i = 0; i < inOrder.Length; i++)
        {
            var index = fitting[i].Index;
            inOrder[i] = new PlannedTarget(route.Targets[index], index, Why(route, request, index, healths[index]));
        }

        return new RoutePlan(inOrder, passed);
    }

    private static (PassedOverFor Rule, string Reason)? WhyNot(ModelFacts facts, RouteRequest request, TargetHealth health)
    {
        if (health.Missing.Length > 0) return (PassedOverFor.NotConfigured, "not configured: " + health.Missing.TrimEnd('.'));
        var tokens = request.PromptTokens + request.OutputTokens;
        if (facts.ContextTokens < tokens) return (PassedOverFor.Context, string.Create(CultureInfo.InvariantCulture, $"context of {facts.ContextTokens} tokens, {tokens} needed"));
        if (request.Wish.Residency.Count > 0 && !(facts.Residency is { } residency && request.Wish.Residency.Contains(residency)))
        {
            return (PassedOverFor.Residency, facts.Residency is null ? "residency not known" : "residency " + facts.Residency);
        }

        if ((Lacking(facts, request.Wish.Features) ?? Lacking(facts, request.Features)) is { } feature) return (PassedOverFor.Feature, "no " + feature);
        return health.State == TargetState.Open ? (PassedOverFor.Down, "breaker open") : null;
    }

    private static string? Lacking(ModelFacts facts, IReadOnlyList<string> features)
    {
        foreach (var feature in features)
        {
            if (!facts.Has(feature)) return feature;
        }

        return null;
    }

    private static bool Suits(ModelGrade? grade, PromptDifficulty? difficulty) => difficulty switch
    {
        PromptDifficulty.Easy => grade == ModelGrade.Small,
        PromptDifficulty.Hard => grade == ModelGrade.Flagship,
        _ => true,
    };

    private static double Key(RouteOrder order, RouteWish wish, TargetHealth health) => order switch
    {
        _ when wish.IsUrgent => health.LatencyMs ?? double.PositiveInfinity,
        RouteOrder.Fastest => health.LatencyMs ?? double.PositiveInfinity,
        RouteOrder.Cheapest => health.Cost is { } cost ? (double)cost.Amount : double.PositiveInfinity, // for comparing only
        _ => 0,
    };

    // One draw serves all places: what is left of it inside the part that it fell into is again even from 0 to 1.
    private static void Draw(Route route, List<Ranked> fitting, double draw)
    {
        var left = Enumerable.Range(0, fitting.Count).ToList();
        for (var place = 0; left.Count > 0; place++)
        {
            var at = draw * left.Sum(i => route.Targets[fitting[i].Index].Weight);
            var chosen = 0;
            while (chosen < left.Count - 1 && at >= Weight(chosen)) at -= Weight(chosen++);
            draw = Math.Clamp(at / Weight(chosen), 0, Math.BitDecrement(1.0));
            fitting[left[chosen]] = fitting[left[chosen]] with { Key = place };
            left.RemoveAt(chosen);
        }

        int Weight(int i) => route.Targets[fitting[left[i]].Index].Weight;
    }

    private static string Why(Route route, RouteRequest request, int index, TargetHealth health)
    {
        var facts = route.Targets[index].Facts;
        var grade = request.Difficulty switch
        {
            PromptDifficulty.Easy when facts.Grade == ModelGrade.Small => "easy, small model; ",
            PromptDifficulty.Hard when facts.Grade == ModelGrade.Flagship => "hard, flagship; ",
            _ => "",
        };
        var order = route.Order switch
        {
            _ when request.Wish.IsUrgent => "urgent, " + Latency(health),
            RouteOrder.Fastest => "fastest, " + Latency(health),
            RouteOrder.Cheapest => health.Cost is { } cost ? $"cheapest, {cost}" : "cheapest, cost not known",
            RouteOrder.Weighted => string.Create(CultureInfo.InvariantCulture, $"drawn with weight {route.Targets[index].Weight}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"listed {index + 1} of {route.Targets.Count}"),
        };
        return health.State == TargetState.HalfOpen ? $"{grade}{order}; half-open" : grade.Length == 0 ? order : grade + order;
    }

    private static string Latency(TargetHealth health) =>
        health.LatencyMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms") : "latency not known";

    private readonly record struct Ranked(int Index, bool IsHalfOpen, bool IsUnsuited, double Key) : IComparable<Ranked>
    {
        public int CompareTo(Ranked other)
        {
            if (IsHalfOpen != other.IsHalfOpen) return IsHalfOpen ? 1 : -1;
            if (IsUnsuited != other.IsUnsuited) return IsUnsuited ? 1 : -1;
            var byKey = Key.CompareTo(other.Key);
            return byKey != 0 ? byKey : Index.CompareTo(other.Index);
        }
    }
}
