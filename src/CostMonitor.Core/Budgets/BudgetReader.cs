using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets;

/// <summary>Reads one budget's object.</summary>
internal static class BudgetReader
{
    public const string Derived = "derived";

    private const int MostTokens = 1_000_000;
    private const decimal MostUsd = 1_000_000_000_000m;
    private const string ExpectedUsd = "US dollars, as in 500";
    private const string ExpectedId = "an id of 1 to 50 lower-case letters, digits or dashes, a letter first";
    private const string ExpectedDerived = "US dollars a day, or \"derived\" for a thirtieth of limitUsd";

    private static readonly string ExpectedScope =
        $"all, or one of {string.Join(", ", Enum.GetValues<BudgetDimension>().Where(static d => d != BudgetDimension.All).Select(EnumNames.Of))} "
        + "with a value or each, as in team:search, user:each or model:openai:gpt-4o";

    /// <summary>Null after noting a fault.</summary>
    public static BudgetDefinition? Read(InputNode given)
    {
        // Faults are gathered apart first, so that a definition with any is not compared with others by the stand-ins that it got.
        var (node, faults) = given.Apart();
        node.AllowOnly(
            "id", "scope", "period", "window", "timeZone", "limitUsd", "dailyCapUsd", "hard", "allowUnpriced", "thresholds", "throttling",
            "outputTokens", "hold", "overdraftUsd", "countUnconfirmed");
        var definition = node.IsObject ? ReadObject(node) : null;
        given.AddFaults(faults);
        return faults.Faults.Count == 0 ? definition : null;
    }

    public static bool IsId(string text) =>
        text.Length is > 0 and <= 50 && char.IsAsciiLetterLower(text[0]) && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static BudgetDefinition ReadObject(InputNode node)
    {
        var period = ReadPeriod(node);
        var limit = ReadLimit(node);
        return new BudgetDefinition
        {
            Budget = new Budget
            {
                Id = ReadId(node),
                Scope = ReadScope(node),
                Period = period ?? default,
                Window = ReadWindow(node, period),
                Zone = ReadZone(node),
                Limit = limit ?? default,
                IsHard = node.Flag("hard", true),
                AllowsUnpriced = ReadModels(node, "allowUnpriced"),
                Thresholds = ThresholdsReader.Read(node),
                Throttling = ThrottlingReader.Read(node),
                OutputTokens = (int)(node.OptionalInteger("outputTokens", 1, MostTokens) ?? 4096),
                HoldsLearned = node.OptionalName("hold", BudgetHold.WorstCase) == BudgetHold.Learned,
                Overdraft = new Usd(node.OptionalDecimal("overdraftUsd", 0, MostUsd) ?? 0),
                CountsUnconfirmed = node.Flag("countUnconfirmed", false),
            },
            DailyCap = ReadDailyCap(node, period, limit),
        };
    }

    private static string ReadId(InputNode node)
    {
        var id = node.RequiredText("id", ExpectedId);
        if (id.Length > 0 && !IsId(id)) node.Property("id")?.Fault($"'{id}' is no budget id: expected {ExpectedId}.");
        return id;
    }

    private static BudgetScope ReadScope(InputNode node)
    {
        var text = node.RequiredText("scope", ExpectedScope);
        if (!BudgetScope.TryParse(text, out var scope) && text.Length > 0) node.Property("scope")?.Fault($"'{text}' is no scope: expected {ExpectedScope}.");
        return scope;
    }

    private static BudgetPeriod? ReadPeriod(InputNode node)
    {
        if (node.Required("period", $"one of {EnumNames.All<BudgetPeriod>()}") is not { } period) return null;
        if (period.IsString && EnumNames.TryParse(period.Element.GetString(), out BudgetPeriod value)) return value;
        period.Fault($"Expected one of {EnumNames.All<BudgetPeriod>()}, got {period.Shown()}.");
        return null;
    }

    private static TimeSpan ReadWindow(InputNode node, BudgetPeriod? period)
    {
        if (period == BudgetPeriod.Rolling) node.Required("window", BudgetWindow.Expected);
        if (node.Property("window") is not { } window) return default;
        if (period is not (BudgetPeriod.Rolling or null)) window.Fault($"Only a rolling budget has a window; this one's period is {EnumNames.Of(period.Value)}.");
        else if (window.IsString && BudgetWindow.TryParse(window.Element.GetString() ?? "", out var span)) return span;
        else window.Fault($"Expected {BudgetWindow.Expected}, got {window.Shown()}.");
        return default;
    }

    private static TimeZoneInfo ReadZone(InputNode node)
    {
        if (node.OptionalText("timeZone", TimeZones.Expected) is not { Length: > 0 } name) return TimeZoneInfo.Utc;
        if (TimeZones.Find(name) is { } zone) return zone;
        node.Property("timeZone")?.Fault($"This system knows no time zone {node.Property("timeZone")?.Shown()}: expected {TimeZones.Expected}.");
        return TimeZoneInfo.Utc;
    }

    private static Usd? ReadLimit(InputNode node) =>
        node.Required("limitUsd", ExpectedUsd)?.Amount(0, MostUsd) is { } amount ? new Usd(amount) : null;

    private static DailyCap? ReadDailyCap(InputNode node, BudgetPeriod? period, Usd? limit)
    {
        if (node.Property("dailyCapUsd") is not { } cap) return null;
        if (period is { } other and not BudgetPeriod.Month) cap.Fault($"Only a monthly budget has a daily cap; this one's period is {EnumNames.Of(other)}.");
        if (cap.IsString && cap.Element.GetString() == Derived) return limit is { } monthly ? Derive(cap, monthly) : null;
        if (cap.IsString)
        {
            cap.Fault($"Expected {ExpectedDerived}, got {cap.Shown()}.");
            return null;
        }

        if (cap.Amount(0, MostUsd) is not { } amount) return null;
        if (limit is { } most && amount > most.Amount) cap.Fault($"The daily cap of {new Usd(amount)} is above the monthly limit of {most}: expected at most that.");
        return new DailyCap(new Usd(amount), false);
    }

    private static DailyCap Derive(InputNode cap, Usd monthly)
    {
        var derived = DailyCap.Of(monthly);
        if (derived.Limit == Usd.Zero && monthly > Usd.Zero) cap.Fault($"A thirtieth of {monthly} is less than a cent, so that nothing would be paid for: expected US dollars a day.");
        return derived;
    }

    private static IReadOnlyList<ModelKey> ReadModels(InputNode node, string name)
    {
        var models = new List<ModelKey>();
        foreach (var item in node.Property(name)?.Items("an array of provider:model") ?? [])
        {
            if (ThrottlingReader.ReadModel(item) is not { } model) continue;
            if (models.Contains(model)) item.Fault($"{model} stands twice.");
            else models.Add(model);
        }

        return models;
    }
}
