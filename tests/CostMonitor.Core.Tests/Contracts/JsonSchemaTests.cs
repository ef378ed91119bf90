using System.Diagnostics;
using System.Text.Json;
using CostMonitor.Core.Contracts;

namespace CostMonitor.Core.Tests.Contracts;

public sealed class JsonSchemaTests
{
    [Theory]
    [InlineData("""{"type":"object"}""", "{}", "[]")]
    [InlineData("""{"type":"array"}""", "[]", "{}")]
    [InlineData("""{"type":"string"}""", "\"\"", "1")]
    [InlineData("""{"type":"number"}""", "1.5", "\"1.5\"")]
    [InlineData("""{"type":"integer"}""", "1.0", "1.5")] // 2020-12, 6.1.1: a number with a zero fraction is an integer
    [InlineData("""{"type":"boolean"}""", "true", "null")]
    [InlineData("""{"type":"null"}""", "null", "0")]
    [InlineData("""{"type":["string","null"]}""", "null", "0")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"b":1}""", """{"a":1}""")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", "7", """{"a":null}""")]
    [InlineData("""{"required":["a","b"]}""", """{"a":1,"b":null}""", """{"a":1}""")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false}""", """{"a":1}""", """{"a":1,"b":2}""")]
    [InlineData("""{"additionalProperties":false}""", "{}", """{"a":1}""")]
    [InlineData("""{"items":{"type":"integer"}}""", "[1,2]", "[1,\"2\"]")]
    [InlineData("""{"enum":["a",1,null]}""", "1.0", "\"b\"")] // 6.1.2: equal in value
    [InlineData("""{"const":{"a":[1,2]}}""", """{"a":[1,2]}""", """{"a":[2,1]}""")]
    [InlineData("""{"minimum":2}""", "2", "1.99")]
    [InlineData("""{"maximum":2}""", "2", "2.01")]
    [InlineData("""{"minLength":2}""", "\"ab\"", "\"a\"")]
    [InlineData("""{"maxLength":1}""", "\"😀\"", "\"ab\"")] // 6.3.1: characters, not UTF-16 units
    [InlineData("""{"minLength":2}""", "\"e\\u0301\"", "\"é\"")] // characters of RFC 8259, not what looks like one
    [InlineData("""{"pattern":"^a+$"}""", "\"aa\"", "\"ab\"")]
    [InlineData("""{"pattern":"b"}""", "\"abc\"", "\"ac\"")] // 6.3.3: not anchored
    [InlineData("""{"minItems":1}""", "[1]", "[]")]
    [InlineData("""{"maxItems":1}""", "[1]", "[1,2]")]
    public void FirstViolation_GivenAKeyword_TellsValidFromInvalid(string schema, string valid, string invalid)
    {
        Assert.Null(Violation(schema, valid));
        Assert.NotNull(Violation(schema, invalid));
    }

    [Theory]
    [InlineData("""{"minLength":9,"maxLength":0,"pattern":"x"}""", "1")]
    [InlineData("""{"minimum":9,"minItems":9,"required":["a"]}""", "\"text\"")]
    [InlineData("""{"items":{"type":"string"}}""", """{"a":1}""")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"t","description":"d"}""", "[]")]
    public void FirstViolation_GivenAKeywordOfAnotherType_IgnoresIt(string schema, string value) => Assert.Null(Violation(schema, value));

    [Theory]
    [InlineData("""{"properties":{"rows":{"items":{"required":["id"]}}}}""", """{"rows":[{"id":1},{}]}""", "$.rows[1].id is missing.")]
    [InlineData("""{"properties":{"n":{"maximum":1.5}}}""", """{"n":2}""", "$.n breaks maximum 1.5.")]
    [InlineData("""{"type":["string","null"]}""", "1", "$ is not of type string or null.")]
    [InlineData("""{"additionalProperties":false}""", """{"secret":1}""", "$ has a property that the schema does not allow.")]
    public void FirstViolation_GivenAnInvalidValue_SaysWhereAndQuotesNothing(string schema, string value, string violation) =>
        Assert.Equal(violation, Violation(schema, value));

    [Theory]
    [InlineData("{", "Not valid JSON: ")]
    [InlineData("""{"properties":{"\ud83d":{}}}""", "Not valid JSON: a text holds half a surrogate pair.")]
    [InlineData("true", "#: expected a schema object.")]
    [InlineData("""{"oneOf":[]}""", "#: the keyword 'oneOf' is not supported; use ")]
    [InlineData("""{"type":"text"}""", "#/type: 'text' is no type.")]
    [InlineData("""{"properties":[]}""", "#/properties: expected an object of schemas.")]
    [InlineData("""{"properties":{"a":{"minimum":"1"}}}""", "#/properties/a/minimum: expected a number.")]
    [InlineData("""{"required":"a"}""", "#/required: expected an array of names.")]
    [InlineData("""{"additionalProperties":{}}""", "#/additionalProperties: expected true or false.")]
    [InlineData("""{"items":[]}""", "#/items: expected a schema object.")]
    [InlineData("""{"enum":1}""", "#/enum: expected an array.")]
    [InlineData("""{"pattern":"("}""", "#/pattern: ")]
    public void Parse_GivenAFaultySchema_RefusesIt(string schema, string problem)
    {
        var faults = new List<string>();

        var parsed = JsonSchema.Parse(schema, faults.Add);

        Assert.Null(parsed);
        Assert.StartsWith(problem, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void FirstViolation_GivenACatastrophicPattern_GivesUpInSeconds()
    {
        var text = JsonSerializer.Serialize(new string('a', 40) + "!");
        var clock = Stopwatch.StartNew();

        var violation = Violation("""{"pattern":"^(a+)+$"}""", text);

        Assert.Equal("$ does not match the pattern.", violation);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20));
    }

    private static string? Violation(string schema, string value)
    {
        var parsed = JsonSchema.Parse(schema, Assert.Fail);
        return Assert.IsType<JsonSchema>(parsed).FirstViolation(JsonElement.Parse(value));
    }
}
