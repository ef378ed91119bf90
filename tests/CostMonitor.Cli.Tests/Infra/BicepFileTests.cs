namespace CostMonitor.Cli.Tests.Infra;

/// <summary>The reader of templates: it must find what the tests ask for, and refuse what it does not understand.</summary>
public sealed class BicepFileTests
{
    private const string Example = """
        // a comment
        @description('Who\'s it: ${who}.')
        @minValue(1)
        param count int = 3

        var rows = [
          for (row, i) in items(table): {
            key: row.key
            'quoted': big ? first[i] : '${second.a}${third}'
          }
        ]
        resource parent 'Microsoft.X/y@2024-01-01' = if (wanted) {
          name: 'n'
          properties: {
            deep: true
              ? 'yes'
              : 'no'
          }
          resource child 'children' existing = {
            name: 'c'
          }
        }
        module part 'modules/part.bicep' = {
          params: { size: count, other: x!.outputs.size }
        }
        output id string = parent.id
        """;

    [Fact]
    public void Parse_GivenStatements_FindsNamesTypesAndDecorators()
    {
        var file = BicepFile.Parse("example.bicep", Example);

        Assert.Equal(["param count", "var rows", "resource parent", "module part", "output id"], file.Declarations.Select(d => $"{d.Keyword} {d.Name}"));
        Assert.Equal(["int", "", "Microsoft.X/y@2024-01-01", "modules/part.bicep", "string"], file.Declarations.Select(d => d.Type));
        var param = file.The("param", "count");
        Assert.Equal(("Who's it: ${...}.", "1", "3"), (param.Decorators["description"].Tokens[0].Text, param.Decorators["minValue"].Literal, param.Value.Literal));
    }

    [Fact]
    public void Members_GivenAnObject_AreThoseOfItsFirstLevel()
    {
        var parent = BicepFile.Parse("example.bicep", Example).The("resource", "parent").Value;

        Assert.Equal(["name", "properties"], parent.Object.Members.Keys);
        Assert.Equal("n", parent.At("name").Literal);
        Assert.Equal(["true", "?", "yes", ":", "no"], parent.At("properties", "deep").Tokens.Where(t => t.Kind != BicepTokenKind.LineEnd).Select(t => t.Text));
        Assert.Empty(parent.At("properties", "missing").Tokens);
    }

    [Fact]
    public void Uses_GivenAnExpression_LeavesOutKeysMembersAndFunctions()
    {
        var file = BicepFile.Parse("example.bicep", Example);

        Assert.Equal(["row", "i", "table", "row", "big", "first", "i", "second", "third"], file.The("var", "rows").Value.Uses);
        Assert.Equal(["row", "i"], file.The("var", "rows").Value.Introduces);
        Assert.Equal([("x", "size")], file.The("module", "part").Value.Outputs);
    }

    [Theory]
    [InlineData("param a string = 'x", "a.bicep:1: a string is not closed")]
    [InlineData("\nvar a = {\n  b: 1", "a.bicep:2: '{' is not closed")]
    [InlineData("var a = [1}", "a.bicep:1: '}' closes nothing")]
    [InlineData("variable a = 1", "a.bicep:1: expected a statement, got 'variable'")]
    [InlineData("var a 1", "a.bicep:1: expected '=', got '1'")]
    [InlineData("var a", "a.bicep:1: 'var a' has no value")]
    [InlineData("resource a = {}", "a.bicep:1: expected a type or path, got '='")]
    [InlineData("@description('x')", "a.bicep: the last decorator stands above nothing")]
    [InlineData("var a = 1 # 2", "a.bicep:1: '#' means nothing in Bicep")]
    public void Parse_GivenFaultyText_SaysWhereAndWhat(string text, string message)
    {
        var fault = Assert.Throws<InvalidDataException>(() => BicepFile.Parse("a.bicep", text));

        Assert.Equal(message, fault.Message);
    }
}
