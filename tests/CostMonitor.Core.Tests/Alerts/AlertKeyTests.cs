using CostMonitor.Core.Alerts;
using CostMonitor.Core.Input;
using CostMonitor.Core.Plans;

namespace CostMonitor.Core.Tests.Alerts;

public sealed class AlertKeyTests
{
    [Theory]
    [InlineData("budget:a", "budget:a|2026-11|r")]
    [InlineData("a/b\\c#d?e|f%g~h\n", "a~002Fb~005Cc~0023d~003Fe~007Cf~0025g~007Eh~000A|2026-11|r")]
    [InlineData("größe", "größe|2026-11|r")]
    public void Id_GivenAScope_HoldsNothingThatAnAddressOrATableKeyCannot(string scope, string expected) => Assert.Equal(expected, new AlertKey(scope, "2026-11", "r").Id);

    [Fact]
    public void TryParse_GivenAnyKeysId_GivesTheKeyBack()
    {
        var random = new SeededRandom(7);
        for (var i = 0; i < 20_000; i++)
        {
            var key = new AlertKey(Any(), Any(), Any());

            Assert.True(AlertKey.TryParse(key.Id, out var parsed), key.Id);
            Assert.Equal(key, parsed);
        }

        string Any() => new([.. Enumerable.Range(0, 1 + random.NextBelow(8)).Select(_ => (char)(random.NextBelow(2) == 0 ? random.NextBelow(0x10000) : "|~%/0A"[random.NextBelow(6)]))]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a|b")]
    [InlineData("a||b")]
    [InlineData("a|b|c|d")]
    [InlineData("a/b|2026-11|r")] // not as an id is written, so that no two ids name one alert
    [InlineData("a~0061|2026-11|r")]
    public void TryParse_GivenNoId_SaysSo(string? id) => Assert.False(AlertKey.TryParse(id, out _));

    [Fact]
    public void Parse_GivenAMessage_GivesItBack()
    {
        var message = new NoticeMessage(new AlertKey("budget:\"a\"", "2026-11", "r"), AlertNotice.Recovered);

        Assert.Equal(message, NoticeMessage.Parse(message.ToJson()));
        Assert.Equal(["$: 'notice' is missing; expected firing, recovered.", "$.alert: 'one' is no alert's id: expected scope|period|rule."],
            Assert.Throws<InputException>(() => NoticeMessage.Parse("""{"alert":"one"}""")).Faults.Select(f => $"{f.Path}: {f.Problem}"));
    }
}
