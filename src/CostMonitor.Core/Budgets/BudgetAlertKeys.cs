using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CostMonitor.Core.Alerts;

namespace CostMonitor.Core.Budgets;

/// <summary>Names the alerts of a budget: whoever sees a threshold crossed comes to the same key.</summary>
internal static class BudgetAlertKeys
{
    private const int LongestScope = 300;
    private const string Rule = "threshold-";
    private const string Begin = "budget:";

    public static AlertKey Of(string scope, string period, decimal percent) => new(scope, period, Rule + BudgetText.Number(percent));

    /// <summary>The threshold that a key is about; null for a key of another kind.</summary>
    public static decimal? PercentOf(AlertKey key) =>
        key.Rule.StartsWith(Rule, StringComparison.Ordinal) && decimal.TryParse(key.Rule.AsSpan(Rule.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            ? percent
            : null;

    /// <summary>Whether a scope is that of a budget, or of one of its values.</summary>
    public static bool IsOf(Budget budget, string scope) =>
        budget.Scope.IsEach ? scope.StartsWith($"{Begin}{budget.Id}:", StringComparison.Ordinal) : scope == $"{Begin}{budget.Id}";

    /// <summary>The scope for people: <c>team-search</c>, <c>users:u42</c>.</summary>
    public static string NameOf(string scope) => scope.StartsWith(Begin, StringComparison.Ordinal) ? scope[Begin.Length..] : scope;

    /// <summary><c>budget:team-search</c>; with a budget for each value <c>budget:users:u42</c>. What a key must not hold is written as <c>~</c> and two hex digits a byte.</summary>
    public static string Scope(Budget budget, string value)
    {
        if (!budget.Scope.IsEach) return $"{Begin}{budget.Id}";
        var scope = new StringBuilder($"{Begin}{budget.Id}:");
        foreach (var rune in value.EnumerateRunes())
        {
            if (!Rune.IsControl(rune) && rune.Value is not ('/' or '\\' or '#' or '?' or '|' or '~')) scope.Append(rune.ToString());
            else foreach (var b in Encoding.UTF8.GetBytes(rune.ToString())) scope.Append(CultureInfo.InvariantCulture, $"~{b:X2}");
        }

        return scope.Length <= LongestScope ? scope.ToString() : Shortened(scope.ToString());
    }

    /// <summary>
    /// The key of the period; of a rolling budget, whose window never ends, the begin of one of the windows that follow each other from 1970 on: so a
    /// threshold is told of once a window, and not once for ever.
    /// </summary>
    public static string Period(Budget budget, BudgetSpan span, DateTimeOffset now)
    {
        if (budget.Period != BudgetPeriod.Rolling) return span.Key;
        var ticks = (now - DateTimeOffset.UnixEpoch).Ticks;
        return DateTimeOffset.UnixEpoch.AddTicks(ticks - ticks % budget.Window.Ticks).ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
    }

    private static string Shortened(string scope)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scope)))[..16];
        return $"{scope[..(LongestScope - hash.Length - 1)]}~{hash}";
    }
}
