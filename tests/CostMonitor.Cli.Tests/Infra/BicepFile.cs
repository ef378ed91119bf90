using CostMonitor.Cli.Local;

namespace CostMonitor.Cli.Tests.Infra;

/// <summary>A Bicep file, read as far as the tests of this repository's templates need: its statements, and the words of their expressions.</summary>
internal sealed class BicepFile
{
    private static readonly string[] Keywords = ["param", "var", "resource", "module", "output", "using", "targetScope"];

    private readonly string _name;
    private readonly IReadOnlyList<BicepToken> _tokens;
    private int _at;

    private BicepFile(string name, string text)
    {
        (_name, _tokens) = (name, new BicepLexer(name, text).ReadAll());
        var declarations = new List<BicepDeclaration>();
        while (ReadNext() is { } declaration) declarations.Add(declaration);
        Declarations = declarations;
    }

    /// <summary>The repository's folder of templates.</summary>
    public static string Folder { get; } = Path.Combine(AppPublisher.FindRepository() ?? throw new InvalidOperationException("The tests do not lie in the repository."), "infra");

    public IReadOnlyList<BicepDeclaration> Declarations { get; }

    public IEnumerable<BicepDeclaration> Params => Of("param");

    public IEnumerable<BicepDeclaration> Resources => Of("resource");

    public IEnumerable<BicepDeclaration> Modules => Of("module");

    /// <summary>Every expression of the file, those of decorators among them.</summary>
    public IEnumerable<BicepExpression> Expressions => Declarations.SelectMany(static d => d.Decorators.Values.Append(d.Value));

    /// <exception cref="InvalidDataException">It is no Bicep, or more of it than is read here; the message has file and line.</exception>
    public static BicepFile Parse(string name, string text) => new(name, text);

    /// <param name="path">The path in <see cref="Folder"/>.</param>
    public static BicepFile Read(string path) => new(path, File.ReadAllText(Path.Combine(Folder, path)));

    /// <summary>The one declaration of a kind and name.</summary>
    public BicepDeclaration The(string keyword, string name) =>
        Of(keyword).SingleOrDefault(d => d.Name == name) ?? throw new InvalidDataException($"{_name}: there is no {keyword} '{name}'");

    public IEnumerable<BicepDeclaration> Of(string keyword) => Declarations.Where(d => d.Keyword == keyword);

    private BicepDeclaration? ReadNext()
    {
        var decorators = new Dictionary<string, BicepExpression>(StringComparer.Ordinal);
        while (SkipLineEnds() is { } start)
        {
            if (start.Is("@"))
            {
                _at++;
                var (name, value) = (Expect(BicepTokenKind.Name, "a decorator").Text, RestOfStatement());
                decorators.Add(name, new([.. value.Tokens.Skip(1).SkipLast(1)])); // without its parentheses
                continue;
            }

            if (start.Kind != BicepTokenKind.Name || !Keywords.Contains(start.Text)) throw Fault(start, "a statement");
            _at++;
            return ReadStatement(start, decorators);
        }

        return decorators.Count == 0 ? null : throw new InvalidDataException($"{_name}: the last decorator stands above nothing");
    }

    private BicepDeclaration ReadStatement(BicepToken start, IReadOnlyDictionary<string, BicepExpression> decorators)
    {
        var name = start.Text switch
        {
            "targetScope" => "",
            "using" => Expect(BicepTokenKind.Text, "a file").Text,
            _ => Expect(BicepTokenKind.Name, "a name").Text,
        };
        var type = start.Text switch
        {
            "resource" or "module" => Expect(BicepTokenKind.Text, "a type or path").Text,
            "param" or "output" when Peek is { Kind: BicepTokenKind.Name } word => Expect(BicepTokenKind.Name, $"a type of {word.Text}").Text,
            _ => "",
        };
        var isExisting = start.Text == "resource" && Peek is { Kind: BicepTokenKind.Name, Text: "existing" };
        if (isExisting) _at++;
        var rest = RestOfStatement();
        if (rest.Tokens is [var first, ..] && !first.Is("=")) throw Fault(first, "'='");
        if (rest.Tokens.Count < 2 && start.Text is not ("param" or "using")) throw new InvalidDataException($"{_name}:{start.Line}: '{start.Text} {name}' has no value");
        return new(start.Text, name, type, new([.. rest.Tokens.Skip(1)]), decorators, start.Line) { IsExisting = isExisting };
    }

    private BicepToken? Peek => _at < _tokens.Count ? _tokens[_at] : null;

    private BicepToken? SkipLineEnds()
    {
        while (Peek is { Kind: BicepTokenKind.LineEnd }) _at++;
        return Peek;
    }

    private BicepExpression RestOfStatement()
    {
        var (start, depth) = (_at, 0);
        for (; Peek is { } token; _at++)
        {
            if (token.Kind == BicepTokenKind.LineEnd && depth == 0) break;
            if (token.Kind != BicepTokenKind.Symbol) continue;
            if (token.Text is "{" or "[" or "(") depth++;
            if (token.Text is "}" or "]" or ")") depth--;
        }

        return new([.. _tokens.Skip(start).Take(_at - start)]);
    }

    private BicepToken Expect(BicepTokenKind kind, string what)
    {
        if (Peek is not { } token) throw new InvalidDataException($"{_name}: expected {what}, got the end of the file");
        if (token.Kind != kind) throw Fault(token, what);
        _at++;
        return token;
    }

    private InvalidDataException Fault(BicepToken got, string expected) => new($"{_name}:{got.Line}: expected {expected}, got '{got.Text}'");
}
