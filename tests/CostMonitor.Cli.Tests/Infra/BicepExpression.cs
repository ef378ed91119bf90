namespace CostMonitor.Cli.Tests.Infra;

/// <summary>An expression as its words: enough to ask what an object holds and which names are used.</summary>
internal sealed record BicepExpression(IReadOnlyList<BicepToken> Tokens)
{
    private static readonly string[] Words = ["true", "false", "null", "if", "for", "in", "existing", "resource"];

    /// <summary>The value, if it is nothing but a string without expressions, a number, true or false.</summary>
    public string? Literal => Tokens is [{ Kind: BicepTokenKind.Text or BicepTokenKind.Number, Inner.Count: 0 } token] ? token.Text
        : Tokens is [{ Kind: BicepTokenKind.Name, Text: "true" or "false" } flag] ? flag.Text : null;

    /// <summary>Every string, also within others and within what is nested.</summary>
    public IEnumerable<BicepToken> Texts => All(Tokens).Where(static t => t.Kind == BicepTokenKind.Text);

    /// <summary>The objects that stand first at each level: of <c>{}</c>, of <c>if (x) {}</c>, of <c>[for x in y: {}]</c>.</summary>
    public BicepExpression Object
    {
        get
        {
            var start = Tokens.ToList().FindIndex(static t => t.Is("{"));
            return start < 0 ? new([]) : new([.. Tokens.Skip(start).Take(LengthOf(start))]);
        }
    }

    /// <summary>The members of an object literal by name; empty if it is none.</summary>
    public IReadOnlyDictionary<string, BicepExpression> Members
    {
        get
        {
            var members = new Dictionary<string, BicepExpression>(StringComparer.Ordinal);
            if (Tokens.Count == 0 || !Tokens[0].Is("{")) return members;
            for (var at = 1; at < Tokens.Count - 1;)
            {
                if (Tokens[at].Kind == BicepTokenKind.LineEnd || Tokens[at].Is(",")) at++;
                else if (Tokens[at + 1].Is(":")) members.Add(Tokens[at].Text, Value(at + 2, out at));
                else Value(at, out at); // a resource within its parent
            }

            return members;
        }
    }

    /// <summary>The items of an array literal.</summary>
    public IReadOnlyList<BicepExpression> Items
    {
        get
        {
            var items = new List<BicepExpression>();
            if (Tokens.Count == 0 || !Tokens[0].Is("[")) return items;
            for (var at = 1; at < Tokens.Count - 1;)
            {
                if (Tokens[at].Kind == BicepTokenKind.LineEnd || Tokens[at].Is(",")) at++;
                else items.Add(Value(at, out at));
            }

            return items;
        }
    }

    /// <summary>The member at a path; an empty expression if there is none.</summary>
    public BicepExpression At(params string[] path) => path.Aggregate(Object, static (at, name) => at.Members.GetValueOrDefault(name) ?? new([]));

    /// <summary>The names that are used: not the keys of objects, not what stands behind a dot, not functions.</summary>
    public IEnumerable<string> Uses => Used(Tokens).Where(static t => !Words.Contains(t.Text)).Select(static t => t.Text);

    /// <summary>The names that stand for the items of loops and the arguments of lambdas.</summary>
    public IEnumerable<string> Introduces
    {
        get
        {
            var tokens = All(Tokens).Where(static t => t.Kind != BicepTokenKind.LineEnd).ToArray();
            for (var i = 0; i < tokens.Length - 1; i++)
            {
                if (tokens[i].Kind == BicepTokenKind.Name && tokens[i + 1].Is("=>")) yield return tokens[i].Text;
                if (tokens[i] is not { Kind: BicepTokenKind.Name, Text: "for" }) continue;
                foreach (var name in tokens.Skip(i + 1).TakeWhile(static t => t.Text != "in").Where(static t => t.Kind == BicepTokenKind.Name)) yield return name.Text;
            }
        }
    }

    /// <summary>What is asked of a module: the names behind <c>module.outputs.</c></summary>
    public IEnumerable<(string Module, string Output)> Outputs
    {
        get
        {
            var tokens = All(Tokens).Where(static t => !t.Is("!")).ToArray();
            for (var i = 0; i + 4 < tokens.Length; i++)
            {
                if (tokens[i + 1].Is(".") && tokens[i + 2].Text == "outputs" && tokens[i + 3].Is(".")) yield return (tokens[i].Text, tokens[i + 4].Text);
            }
        }
    }

    /// <summary>The first arguments of a function's calls.</summary>
    public IEnumerable<string> ArgumentsOf(string function)
    {
        for (var i = 0; i + 2 < Tokens.Count; i++)
        {
            if (Tokens[i].Text == function && Tokens[i + 1].Is("(")) yield return Tokens[i + 2].Text;
        }
    }

    private static IEnumerable<BicepToken> All(IEnumerable<BicepToken> tokens) => tokens.SelectMany(static t => t.Inner.Count == 0 ? [t] : All(t.Inner).Prepend(t));

    private static IEnumerable<BicepToken> Used(IReadOnlyList<BicepToken> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            foreach (var inner in Used(tokens[i].Inner)) yield return inner;
            if (tokens[i].Kind != BicepTokenKind.Name) continue;
            var before = i == 0 ? null : tokens[i - 1];
            var after = i + 1 == tokens.Count ? null : tokens[i + 1];
            var isKey = after?.Is(":") == true && (before is null || before.Kind == BicepTokenKind.LineEnd || before.Is("{") || before.Is(","));
            var isMember = before is not null && (before.Is(".") || before.Is("::") || before.Is(".?"));
            var isNested = before is { Kind: BicepTokenKind.Name, Text: "resource" };
            if (!isKey && !isMember && !isNested && after?.Is("(") != true) yield return tokens[i];
        }
    }

    /// <summary>The words up to the end of a value: a comma or the end of a line that no other line goes on from.</summary>
    private BicepExpression Value(int start, out int end)
    {
        for (end = start; end < Tokens.Count - 1 && !Tokens[end].Is(","); end++)
        {
            if (Tokens[end].Kind == BicepTokenKind.LineEnd && !GoesOn(end)) break;
            if (Tokens[end].Text is "{" or "[" or "(" && Tokens[end].Kind == BicepTokenKind.Symbol) end += LengthOf(end) - 1;
        }

        return new([.. Tokens.Skip(start).Take(end - start)]);
    }

    private bool GoesOn(int lineEnd) => Tokens.Skip(lineEnd).FirstOrDefault(static t => t.Kind != BicepTokenKind.LineEnd) is { } next && (next.Is("?") || next.Is(":"));

    private int LengthOf(int start)
    {
        var depth = 0;
        for (var i = start; i < Tokens.Count; i++)
        {
            if (Tokens[i].Kind != BicepTokenKind.Symbol) continue;
            if (Tokens[i].Text is "{" or "[" or "(") depth++;
            if (Tokens[i].Text is "}" or "]" or ")" && --depth == 0) return i - start + 1;
        }

        return Tokens.Count - start;
    }
}
