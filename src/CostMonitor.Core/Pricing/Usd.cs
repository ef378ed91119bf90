using System.Globalization;

namespace CostMonitor.Core.Pricing;

/// <summary>An exact amount of US dollars. Rounded only for display.</summary>
public readonly record struct Usd(decimal Amount) : IComparable<Usd>
{
    public static Usd Zero => default;

    public static Usd operator +(Usd a, Usd b) => new(a.Amount + b.Amount);

    public static Usd operator -(Usd a, Usd b) => new(a.Amount - b.Amount);

    public static bool operator <(Usd a, Usd b) => a.Amount < b.Amount;

    public static bool operator >(Usd a, Usd b) => a.Amount > b.Amount;

    public static bool operator <=(Usd a, Usd b) => a.Amount <= b.Amount;

    public static bool operator >=(Usd a, Usd b) => a.Amount >= b.Amount;

    public int CompareTo(Usd other) => Amount.CompareTo(other.Amount);

    /// <summary>The exact decimal without trailing zeros, as it is stored: <c>0.00000675</c>.</summary>
    public string ToExactString() => (Amount / 1.000000000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);

    /// <summary>For people: six decimals, or two significant digits below a millionth, so that a small amount is never shown as 0.</summary>
    public override string ToString()
    {
        if (Amount == 0 || Math.Abs(Amount) >= 0.000001m) return "$" + Amount.ToString("0.00####", CultureInfo.InvariantCulture);
        var digits = 2 - (int)Math.Floor(Math.Log10((double)Math.Abs(Amount))) - 1;
        return "$" + Math.Round(Amount, Math.Min(digits, 28)).ToString(CultureInfo.InvariantCulture);
    }
}
