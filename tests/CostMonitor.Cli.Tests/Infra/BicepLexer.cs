using System.Text;

namespace CostMonitor.Cli.Tests.Infra;

/// <summary>Cuts a Bicep file into words. Comments are dropped, line ends kept: they end statements.</summary>
internal sealed class BicepLexer(string file, string text)
{
    private static readonly string[] Symbols = ["??", "=>", "==", "!=", ">=", "<=", "&&", "||", "::", ".?"];

    private int _at;
    private int _line = 1;

    public IReadOnlyList<BicepToken> ReadAll()
    {
        var tokens = ReadUntil(null);
        CheckBrackets(tokens);
        return tokens;
    }

    private List<BicepToken> ReadUntil(string? closing)
    {
        var tokens = new List<BicepToken>();
        var depth = 0;
        while (_at < text.Length)
        {
            if (Skip()) continue;
            if (closing is not null && depth == 0 && text[_at].ToString() == closing) return tokens;
            var token = Next();
            if (token.Is("{")) depth++;
            if (token.Is("}")) depth--;
            tokens.Add(token);
        }

        return closing is null ? tokens : throw Fault("a string's expression is not closed");
    }

    /// <summary>Spaces and comments.</summary>
    private bool Skip()
    {
        if (text[_at] is ' ' or '\t' or '\r') _at++;
        else if (Sees("//")) _at = text.IndexOf('\n', _at) is >= 0 and var end ? end : text.Length;
        else if (Sees("/*")) throw Fault("comments over lines are not used here");
        else return false;
        return true;
    }

    private BicepToken Next()
    {
        var (c, line) = (text[_at], _line);
        if (c == '\n')
        {
            (_at, _line) = (_at + 1, _line + 1);
            return new(BicepTokenKind.LineEnd, "", line);
        }

        if (c == '\'') return ReadText(line);
        if (char.IsAsciiLetter(c) || c == '_') return new(BicepTokenKind.Name, While(static d => char.IsAsciiLetterOrDigit(d) || d == '_'), line);
        if (char.IsAsciiDigit(c)) return new(BicepTokenKind.Number, While(char.IsAsciiDigit), line);
        var symbol = Array.Find(Symbols, Sees) ?? c.ToString();
        if (symbol.Length == 1 && !"{}[]()@=:.,?!<>+-*/%".Contains(c)) throw Fault($"'{c}' means nothing in Bicep");
        _at += symbol.Length;
        return new(BicepTokenKind.Symbol, symbol, line);
    }

    private BicepToken ReadText(int line)
    {
        if (Sees("'''")) throw Fault("strings over lines are not used here");
        var (value, inner) = (new StringBuilder(), new List<BicepToken>());
        for (_at++; _at < text.Length && text[_at] is not ('\'' or '\n'); _at++)
        {
            if (Sees("${"))
            {
                _at += 2;
                inner.AddRange(ReadUntil("}"));
                value.Append("${...}");
            }
            else
            {
                if (text[_at] == '\\') _at++;
                value.Append(text[_at]);
            }
        }

        if (_at >= text.Length || text[_at] == '\n') throw Fault("a string is not closed");
        _at++;
        return new(BicepTokenKind.Text, value.ToString(), line) { Inner = inner };
    }

    private string While(Func<char, bool> belongs)
    {
        var start = _at;
        while (_at < text.Length && belongs(text[_at])) _at++;
        return text[start.._at];
    }

    private bool Sees(string symbol) => string.CompareOrdinal(text, _at, symbol, 0, symbol.Length) == 0;

    private void CheckBrackets(IReadOnlyList<BicepToken> tokens)
    {
        var open = new Stack<BicepToken>();
        foreach (var token in tokens.Where(static t => t.Kind == BicepTokenKind.Symbol))
        {
            if (token.Text is "{" or "[" or "(") open.Push(token);
            if (token.Text is not ("}" or "]" or ")")) continue;
            if (!open.TryPop(out var start) || "{[(".IndexOf(start.Text[0], StringComparison.Ordinal) != "}])".IndexOf(token.Text[0], StringComparison.Ordinal))
            {
                throw new InvalidDataException($"{file}:{token.Line}: '{token.Text}' closes nothing");
            }
        }

        if (open.TryPop(out var left)) throw new InvalidDataException($"{file}:{left.Line}: '{left.Text}' is not closed");
    }

    private InvalidDataException Fault(string what) => new($"{file}:{_line}: {what}");
}
