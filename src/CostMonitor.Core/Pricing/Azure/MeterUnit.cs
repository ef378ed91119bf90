using System.Globalization;
using System.Text.RegularExpressions;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing.Azure;

/// <summary>What a price of the list is asked for, read from <c>unitOfMeasure</c>: <c>1K</c>, <c>1M</c>, <c>100</c>, <c>1 Hour</c>, <c>1/Month</c>.</summary>
/// <param name="Measure">What is counted.</param>
/// <param name="Quantity">How many of it one price is for: more than 0.</param>
public readonly partial record struct MeterUnit(MeterMeasure Measure, decimal Quantity)
{
    private const decimal Million = 1_000_000m;

    /// <param name="text">The unit as Azure writes it, in its case: <c>M</c> is a million, and <c>m</c> is nothing.</param>
    /// <returns>False for a unit that is not known, which must not be guessed: a wrong guess is wrong by a factor of 1,000.</returns>
    public static bool TryParse(string text, out MeterUnit unit)
    {
        unit = default;
        if (Form().Match(text) is not { Success: true } match) return false;
        var number = decimal.Parse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        var factor = match.Groups["factor"].Value switch { "K" => 1_000m, "M" => Million, _ => 1m };
        var measure = match.Groups["span"] is { Success: true } span ? Enum.Parse<MeterMeasure>(span.ValueSpan) : MeterMeasure.Things;
        unit = new MeterUnit(measure, number * factor);
        return number > 0;
    }

    /// <summary>Why a name and this unit cannot both be right; null if they can. A name often says its unit too: <c>... 1M Tokens</c>.</summary>
    public string? Contradiction(string meterName)
    {
        if (NamedUnit().Match(meterName) is not { Success: true } match) return null;
        if (Measure != MeterMeasure.Things) return $"the name says tokens and the unit is {this}";
        return match.Groups["unit"] is { Success: true } said && TryParse(said.Value, out var named) && named != this ? $"the name says {named} and the unit is {this}" : null;
    }

    /// <summary>The price of a million of the things, exact and without trailing zeros.</summary>
    /// <param name="price">USD for one unit.</param>
    public decimal PerMillion(decimal price) => price * (Million / Quantity) / 1.0000000000000000000000000000m;

    public override string ToString() => (Measure, Quantity) switch
    {
        (MeterMeasure.Things, >= Million) => string.Create(CultureInfo.InvariantCulture, $"{Quantity / Million:0.######}M"),
        (MeterMeasure.Things, >= 1_000m) => string.Create(CultureInfo.InvariantCulture, $"{Quantity / 1_000m:0.######}K"),
        (MeterMeasure.Things, _) => Quantity.ToString(CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Quantity} {EnumNames.Of(Measure)}"),
    };

    [GeneratedRegex("^(?<number>[0-9]{1,6})(?:(?<factor>[KM])|(?: |/| / )(?<span>Second|Hour|Day|Month))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();

    [GeneratedRegex("(?:\\b(?<unit>[0-9]{1,6}[KM]) )?\\bTokens$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex NamedUnit();
}
