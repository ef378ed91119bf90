namespace CostMonitor.Core.Pricing;

/// <summary>Names of models that share a price: <c>gpt-4o-{date}</c>. <c>{date}</c> stands for a version date, <c>*</c> for anything.</summary>
public sealed record ModelPattern
{
    private const string Date = "{date}";

    /// <summary>The forms of a version date, # for a digit: 2024-08-06, 20240806, 05-2024, 05-06, 0613.</summary>
    private static readonly string[] Dates = ["20##-##-##", "20######", "##-20##", "##-##", "####"];

    public ModelPattern(string text)
    {
        Text = text;
        Literals = text.Replace(Date, "", StringComparison.Ordinal).Count(c => c != '*');
    }

    public string Text { get; }

    /// <summary>How many characters of a name it fixes: of two patterns that match, the one that fixes more is meant.</summary>
    public int Literals { get; }

    public static bool IsPattern(string text) => text.Contains(Date, StringComparison.Ordinal) || text.Contains('*', StringComparison.Ordinal);

    /// <summary>Follows all ways to read the name at once, so that no pattern takes long: a name of 200 characters at most 200 steps a place of the pattern.</summary>
    public bool Matches(string model)
    {
        if (model.Length > ModelKey.LongestModel) return false;
        Span<bool> reached = stackalloc bool[model.Length + 1];
        Span<bool> next = stackalloc bool[model.Length + 1];
        reached[0] = true;
        for (var rest = Text.AsSpan(); !rest.IsEmpty;)
        {
            next.Clear();
            rest = rest[Step(rest, model, reached, next)..];
            next.CopyTo(reached);
        }

        return reached[^1];
    }

    public bool Equals(ModelPattern? other) => other?.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    /// <summary>Marks how far into the name the pattern's next element leads from each place reached.</summary>
    /// <returns>The length of the element.</returns>
    private static int Step(ReadOnlySpan<char> pattern, string model, ReadOnlySpan<bool> reached, Span<bool> next)
    {
        var isDate = pattern.StartsWith(Date);
        for (var at = 0; at <= model.Length; at++)
        {
            if (!reached[at]) continue;
            if (pattern[0] == '*') next[at..].Fill(true);
            else if (isDate) MarkDates(model, at, next);
            else if (at < model.Length && model[at] == pattern[0]) next[at + 1] = true;
        }

        return isDate ? Date.Length : 1;
    }

    private static void MarkDates(string model, int at, Span<bool> next)
    {
        foreach (var form in Dates)
        {
            if (Fits(model.AsSpan(at), form)) next[at + form.Length] = true;
        }
    }

    private static bool Fits(ReadOnlySpan<char> text, string form)
    {
        if (text.Length < form.Length) return false;
        for (var i = 0; i < form.Length; i++)
        {
            if (form[i] == '#' ? !char.IsAsciiDigit(text[i]) : text[i] != form[i]) return false;
        }

        return true;
    }
}
