using System.Diagnostics;
using CostMonitor.Core.Contracts;

namespace CostMonitor.Core.Tests.Contracts;

public sealed class OutputContractTests
{
    private static readonly ContractText Nothing = new(null, null, null, null, null, null);

    [Fact]
    public void Check_GivenAnyText_GatesEmptinessSafetyAndErrorReports()
    {
        var checks = OutputContract.AnyText.Check("Canberra.", "stop");

        Assert.Equal(["not_empty True", "safety True", "provider_error True", "mentions_error True"], checks.Select(c => $"{c.Name} {c.Passed}"));
        Assert.All(checks, c => Assert.Null(c.Detail));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t")]
    public void Check_GivenABlankAnswer_FailsNotEmpty(string answer) =>
        Assert.Equal(new CheckResult("not_empty", false, true, "The answer is empty."), Check(Nothing, answer, "not_empty"));

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, true)]
    [InlineData(7, true)]
    [InlineData(8, false)]
    public void Check_GivenALengthRange_IncludesBothEnds(int length, bool passes) =>
        Assert.Equal(passes, Check(Nothing with { MinChars = 5, MaxChars = 7 }, new string('x', length), "length_chars").Passed);

    [Fact]
    public void Check_GivenAWrongLength_SaysItInCharacters() =>
        Assert.Equal("3 characters; expected 100 to 2000.", Check(Nothing with { MinChars = 100, MaxChars = 2000 }, "abc", "length_chars").Detail);

    [Theory]
    [InlineData("Roles: x\nskills: y\nNEXT STEPS: z", null)]
    [InlineData("Roles: x\nSteps: z", "Missing: Skills; Next steps.")]
    public void Check_GivenSections_NamesThoseMissing(string answer, string? detail) =>
        Assert.Equal(detail, Check(Nothing with { Format = "sections", Sections = "Roles; Skills ;Next steps;" }, answer, "sections").Detail);

    [Theory]
    [InlineData("""{"a":1}""", true, true)]
    [InlineData("""{"a":"1"}""", true, false)]
    [InlineData("""{"a":1""", false, false)]
    [InlineData("```json\n{\"a\":1}\n```", false, false)] // M077: a fence is not JSON
    [InlineData("""{"a":1} Done.""", false, false)]
    [InlineData("""{"a":1,"b":"\ud83d"}""", false, false)]
    public void Check_GivenJson_ParsesAndThenValidates(string answer, bool json, bool schema)
    {
        var contract = Nothing with { Format = "json", Schema = """{"properties":{"a":{"type":"integer"},"b":{"pattern":"x"}}}""" };

        Assert.Equal((json, schema), (Check(contract, answer, "json").Passed, Check(contract, answer, "schema").Passed));
    }

    [Fact]
    public void Check_GivenJsonWithHalfASurrogatePair_FailsAndDoesNotThrow() =>
        Assert.False(Check(Nothing with { Format = "json" }, "{\"a\":\"" + '\ud83d' + "\"}", "json").Passed);

    [Fact]
    public void Check_GivenBrokenJson_NamesTheLine() =>
        Assert.Equal("Not valid JSON at line 2.", Check(Nothing with { Format = "json" }, "{\n\"a\" 1}", "json").Detail);

    [Theory]
    [InlineData("canberra", "It is CANBERRA.", true)]
    [InlineData("999.60", "999x60", false)] // a text, not a pattern
    [InlineData("/999[.,]60/", "EUR 999,60", true)]
    [InlineData("/^a$/", "b", false)]
    [InlineData("/", "a/b", true)] // too short for a pattern
    public void Check_GivenExpectedContent_FindsTextOrPattern(string expected, string answer, bool found) =>
        Assert.Equal(found, Check(Nothing with { Expected = expected }, answer, "expected").Passed);

    [Fact]
    public void Check_GivenACatastrophicPattern_GivesUpInSecondsAndHasNotFoundIt()
    {
        var clock = Stopwatch.StartNew();

        var check = Check(Nothing with { Expected = "/^(a+)+$/" }, new string('a', 40) + "!", "expected");

        Assert.False(check.Passed);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Check_GivenAContentFilter_FailsSafety()
    {
        var checks = OutputContract.AnyText.Check("Sorry", "content_filter");

        Assert.Equal(["safety"], checks.Where(c => !c.Passed).Select(c => c.Name)); // M078
    }

    [Fact]
    public void Check_GivenARightAnswerAboutErrors_ReportsItAndStaysCompliant()
    {
        var checks = OutputContract.AnyText.Check("Status 500 is an internal server Error.", "stop");

        Assert.Equal(new CheckResult("mentions_error", false, false, "The answer holds the word 'error'."), checks[^1]); // trap M079
        Assert.True(CheckScore.IsCompliant(checks));
        Assert.Equal(1.0, CheckScore.Of(checks));
    }

    [Fact]
    public void Check_GivenAnErrorReport_FailsItsGate()
    {
        var checks = OutputContract.AnyText.Check("""{"error":{"message":"Overloaded","type":"overloaded_error"}}""", "stop");

        Assert.False(CheckScore.IsCompliant(checks));
        Assert.Equal(2.0 / 3, CheckScore.Of(checks)); // not_empty and safety of three gates
    }

    [Theory]
    [InlineData("xml", null, null, null, null, null, "format: Expected json, sections or text, got 'xml'.")]
    [InlineData("2", null, null, null, null, null, "format: Expected json, sections or text, got '2'.")]
    [InlineData("text,json", null, null, null, null, null, "format: Expected json, sections or text, got 'text,json'.")]
    [InlineData("sections", null, " ; ", null, null, null, "sections: The format 'sections' needs headings, separated by ';'.")]
    [InlineData("text", "{}", null, null, null, null, "schema: Only the format 'json' takes a schema.")]
    [InlineData(null, null, null, 9, 8, null, "min_chars: min_chars 9 is above max_chars 8.")]
    [InlineData("json", "[]", null, null, null, null, "schema: #: expected a schema object.")]
    public void Create_GivenAFault_NamesItsPart(string? format, string? schema, string? sections, int? least, int? most, string? expected, string fault)
    {
        var faults = new List<string>();

        OutputContract.Create(new ContractText(format, schema, sections, least, most, expected), (part, problem) => faults.Add($"{part}: {problem}"));

        Assert.Equal([fault], faults);
    }

    [Fact]
    public void Create_GivenSeveralFaults_ReportsAll()
    {
        var parts = new List<string>();

        OutputContract.Create(new ContractText("json", "{", null, 2, 1, "/(/"), (part, _) => parts.Add(part));

        Assert.Equal(["min_chars", "schema", "expected"], parts);
    }

    private static CheckResult Check(ContractText contract, string answer, string name) =>
        Assert.Single(OutputContract.Create(contract, (part, problem) => Assert.Fail($"{part}: {problem}")).Check(answer, "stop"), c => c.Name == name);
}
