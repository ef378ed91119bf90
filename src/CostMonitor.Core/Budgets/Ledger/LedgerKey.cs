namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>Names the account of one budget, one value of its scope and one period.</summary>
/// <param name="Budget">The budget's id.</param>
/// <param name="Value">The scope's value, as in a team's name; empty for a budget of all calls.</param>
/// <param name="Period">The key of a <see cref="BudgetSpan"/>.</param>
public readonly record struct LedgerKey(string Budget, string Value, string Period)
{
    /// <summary><c>budget|period|value</c>.</summary>
    public override string ToString() => $"{Budget}|{Period}|{Value}";

    /// <exception cref="FormatException">The text is no such key.</exception>
    public static LedgerKey Parse(string text) => text.Split('|', 3) is [{ Length: > 0 } budget, { Length: > 0 } period, var value]
        ? new LedgerKey(budget, value, period)
        : throw new FormatException($"'{text}' is no ledger: expected budget|period|value.");
}
