using System.CommandLine.Parsing;
using System.Globalization;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>Reads a usage that was typed in: <c>input=1000,output=2000</c>.</summary>
internal static class UsageText
{
    public static BilledUsage? Parse(ArgumentResult result)
    {
        var figures = new Dictionary<string, decimal>();
        foreach (var part in result.Tokens[0].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part.Split('=') is [var name, var text] && IsKnown(name) && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                && (name == "hours" || (value % 1 == 0 && value <= 1_000_000_000_000)) && figures.TryAdd(name, value))
            {
                continue;
            }

            result.AddError($"Expected each of {string.Join(", ", TokenClasses.All.Select(TokenClasses.NameOf))}, requests, images or hours at most once, as in input=1000,output=2000; got '{part}'.");
            return null;
        }

        return new BilledUsage(
            TokenClasses.From(c => (long)figures.GetValueOrDefault(TokenClasses.NameOf(c))),
            (long)figures.GetValueOrDefault("requests", 1), (long)figures.GetValueOrDefault("images"), figures.GetValueOrDefault("hours"));
    }

    private static bool IsKnown(string name) => name is "requests" or "images" or "hours" || TokenClasses.TryParse(name, out _);
}
