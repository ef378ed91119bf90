using CostMonitor.Core.Input;

namespace CostMonitor.Core.Tests.Input;

public sealed class InputFaultsTests
{
    [Fact]
    public void ReadJson_GivenCommentsAndTrailingCommas_ReadsThem()
    {
        var name = InputFaults.ReadJson("""{ /* who */ "name": "a", }""", "f.json", root => root.RequiredText("name", "a name"));

        Assert.Equal("a", name);
    }

    [Fact]
    public void ReadJson_GivenBrokenJson_NamesLineAndByteFromOne()
    {
        var fault = FaultOf("{\n  \"name\" 1\n}");

        Assert.Equal(("f.json", "line 2, byte 10"), (fault.File, fault.Path)); // the 1 stands where a colon must
        Assert.StartsWith("This is not valid JSON: ", fault.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadJson_GivenTheSamePropertyTwice_SaysWhere()
    {
        var fault = FaultOf("""{"name":"a","name":"b"}""");

        Assert.Equal("$", fault.Path);
        Assert.Contains("'name'", fault.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"\ud83d"}""")]
    [InlineData("""{"name":"\ude00\ud83d"}""")]
    [InlineData("""{"\ud83d":1}""")]
    public void ReadJson_GivenHalfASurrogatePair_IsAFaultAndNoCrash(string json)
    {
        var fault = FaultOf(json);

        Assert.Contains("surrogate", fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadJson_GivenHalfAPairUnescaped_NamesItsLine()
    {
        var fault = FaultOf("{\n\"name\":\"" + '\ud83d' + "\"}"); // an attribute would store it as U+FFFD

        Assert.Equal(("line 2", "This is not valid JSON: a text holds half a surrogate pair."), (fault.Path, fault.Problem));
    }

    [Theory]
    [InlineData("""{"name":"\ud83d\ude00"}""", "😀")]
    [InlineData("""{"name":"\\ud83d"}""", "\\ud83d")]
    [InlineData("{\"name\":\"😀\"}", "😀")]
    public void ReadJson_GivenAWholePair_ReadsIt(string json, string expected)
    {
        var name = InputFaults.ReadJson(json, "f.json", root => root.RequiredText("name", "a name"));

        Assert.Equal(expected, name);
    }

    [Fact]
    public void ReadJson_GivenDeepNesting_IsAFault()
    {
        var fault = FaultOf(new string('[', 100) + new string(']', 100));

        Assert.StartsWith("This is not valid JSON: ", fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Exception_GivenManyFaults_SaysEachOnItsLine()
    {
        var faults = new InputFaults();
        faults.Add("a.json", "$.x", "First.");
        faults.Add("b.json", "", "Second.");

        var thrown = Assert.Throws<InputException>(faults.ThrowIfAny);

        Assert.Equal($"a.json $.x: First.{Environment.NewLine}b.json: Second.", thrown.Message);
        Assert.Equal(2, thrown.Faults.Count);
    }

    [Fact]
    public void ThrowIfAny_GivenNone_DoesNotThrow()
    {
        var faults = new InputFaults();

        faults.ThrowIfAny();

        Assert.Empty(faults.Faults);
    }

    private static InputFault FaultOf(string json) => Assert.Single(Assert.Throws<InputException>(() =>
        InputFaults.ReadJson(json, "f.json", root => root.RequiredText("name", "a name"))).Faults);
}
