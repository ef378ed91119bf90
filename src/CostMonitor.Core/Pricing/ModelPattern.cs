using System.Text.RegularExpressions;

namespace CostMonitor.Core.Pricing;

/// <summary>Names of models that share a price: <c>gpt-4o-{date}</c>. <c>{date}</c> stands for a version date, <c>*</c> for anything.</summary>
public sealed record ModelPattern
{
    private const string Date = @"(?:20\d\d-\d\d-\d\d|20\d{6}|\d\d-20\d\d|\d\d-\d\d|\d{4})"; // 2024-08-06, 20240806, 05-2024, 05-06, 0613

    private readonly Regex _regex;

    public ModelPattern(string text)
    {
        Text = text;
        var literal = Regex.Escape(text).Replace(@"\{date}", Date, StringComparison.Ordinal).Replace(@"\*", ".*", StringComparison.Ordinal);
        _regex = new Regex($"^{literal}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        Literals = text.Replace("{date}", "", StringComparison.Ordinal).Count(c => c != '*');
    }

    public string Text { get; }

    /// <summary>How many characters of a name it fixes: of two patterns that match, the one that fixes more is meant.</summary>
    public int Literals { get; }

    public static bool IsPattern(string text) => text.Contains("{date}", StringComparison.Ordinal) || text.Contains('*', StringComparison.Ordinal);

    public bool Matches(string model) => _regex.IsMatch(model);

    public bool Equals(ModelPattern? other) => other?.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
