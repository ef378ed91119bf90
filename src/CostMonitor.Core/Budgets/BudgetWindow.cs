using System.Globalization;
using System.Text.RegularExpressions;

namespace CostMonitor.Core.Budgets;

/// <summary>The window of a rolling budget as text, in whole hours, minutes and seconds: <c>24:00:00</c>, which <see cref="TimeSpan"/> itself would take for 24 days.</summary>
internal static partial class BudgetWindow
{
    public static readonly TimeSpan Shortest = TimeSpan.FromHours(1);
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    public const string Expected = "a window from 01:00:00 to 744:00:00 (31 days) as hours, minutes and seconds, as in 24:00:00";

    public static bool TryParse(string text, out TimeSpan window)
    {
        window = default;
        if (Pattern().Match(text) is not { Success: true } match) return false;
        window = new TimeSpan(Number(1), Number(2), Number(3));
        return window >= Shortest && window <= Longest;

        int Number(int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    public static string Of(TimeSpan window) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)window.TotalHours:D2}:{window.Minutes:D2}:{window.Seconds:D2}");

    [GeneratedRegex(@"^([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])\z")]
    private static partial Regex Pattern();
}
