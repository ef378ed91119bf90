using CostMonitor.Core.Input;

namespace CostMonitor.Core.Tests.Input;

public sealed class InputNodeTests
{
    [Theory]
    [InlineData("\"x\"", "Expected a whole number from 0 to 10, got \"x\".")]
    [InlineData("1.5", "Expected a whole number from 0 to 10, got 1.5.")]
    [InlineData("11", "Expected a whole number from 0 to 10, got 11.")]
    [InlineData("-1", "Expected a whole number from 0 to 10, got -1.")]
    [InlineData("1e999", "Expected a whole number from 0 to 10, got 1e999.")]
    [InlineData("{}", "Expected a whole number from 0 to 10, got an object.")]
    [InlineData("[1]", "Expected a whole number from 0 to 10, got an array.")]
    public void OptionalInteger_GivenAnythingElse_SaysWhatItGot(string value, string problem) =>
        AssertFault(value, n => n.OptionalInteger("v", 0, 10), problem);

    [Theory]
    [InlineData("1e999", "Expected a number from 0 to 2, got 1e999.")] // parses as infinity
    [InlineData("2.0001", "Expected a number from 0 to 2, got 2.0001.")]
    [InlineData("true", "Expected a number from 0 to 2, got true.")]
    public void OptionalNumber_GivenAnythingElse_SaysWhatItGot(string value, string problem) =>
        AssertFault(value, n => n.OptionalNumber("v", 0, 2), problem);

    [Theory]
    [InlineData("1e999", "Expected a decimal from 0 to 100, got 1e999.")]
    [InlineData("-0.01", "Expected a decimal from 0 to 100, got -0.01.")]
    public void OptionalDecimal_GivenAnythingElse_SaysWhatItGot(string value, string problem) =>
        AssertFault(value, n => n.OptionalDecimal("v", 0, 100), problem);

    [Theory]
    [InlineData("\"2026-02-30\"")]
    [InlineData("\"02/03/2026\"")]
    [InlineData("20260203")]
    public void OptionalDate_GivenAnythingElse_SaysWhatItGot(string value) =>
        AssertFault(value, n => n.OptionalDate("v"), $"Expected a day as yyyy-MM-dd, got {value}.");

    [Theory]
    [InlineData("1", "Expected true or false, got 1.")]
    [InlineData("\"true\"", "Expected true or false, got \"true\".")]
    public void Flag_GivenAnythingElse_SaysWhatItGot(string value, string problem) =>
        AssertFault(value, n => n.Flag("v", false), problem);

    [Fact]
    public void Property_GivenNull_IsAbsent()
    {
        var (read, faults) = Read("""{"v":null}""", n => (n.OptionalInteger("v", 1, 2), n.OptionalDate("v"), n.Flag("v", true)));

        Assert.Equal((null, null, true), read);
        Assert.Empty(faults);
    }

    [Fact]
    public void AllowOnly_GivenAMisspeltName_NamesItAndTheRightOnes()
    {
        var (_, faults) = Read("""{"nmae":1}""", n =>
        {
            n.AllowOnly("name", "age");
            return 0;
        });

        Assert.Equal([new InputFault("f.json", "$.nmae", "Unknown property; expected one of name, age.")], faults);
    }

    [Fact]
    public void Required_GivenNoObject_SaysSo()
    {
        var (_, faults) = Read("[]", n => n.Required("v", "a value") is null);

        Assert.Equal([new InputFault("f.json", "$", "Expected an object, got an array.")], faults);
    }

    [Fact]
    public void Items_GivenAnArray_CountsThemInTheirPath()
    {
        var (paths, _) = Read("""{"v":[1,{"a":2}]}""", n => n.Property("v")?.Items("numbers").Select(i => i.Path).ToArray());

        Assert.Equal(["$.v[0]", "$.v[1]"], paths ?? []);
    }

    [Fact]
    public void Shown_GivenALongText_IsCutShort()
    {
        var (shown, _) = Read($"\"{new string('x', 500)}\"", n => n.Shown());

        Assert.Equal("\"" + new string('x', 59) + "...", shown);
    }

    private static void AssertFault<T>(string value, Func<InputNode, T> read, string problem)
    {
        var (_, faults) = Read($$"""{"v":{{value}}}""", read);

        Assert.Equal([new InputFault("f.json", "$.v", problem)], faults);
    }

    private static (T? Value, IReadOnlyList<InputFault> Faults) Read<T>(string json, Func<InputNode, T> read)
    {
        var faults = new InputFaults();
        T? value = default;
        faults.TryReadJson(json, "f.json", root =>
        {
            value = read(root);
            return "";
        });
        return (value, faults.Faults);
    }
}
