using CostMonitor.Core.Batches;
using CostMonitor.Core.Input;
using CostMonitor.Core.Runs;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Batches;

public sealed class ChunkMessageTests
{
    [Fact]
    public void ToJson_GivenAChunk_IsThisText() => Assert.Equal("""{"batch":"b-1","chunk":12}""", new ChunkMessage(new BatchId("b-1"), 12).ToJson());

    [Fact]
    public void Parse_GivenAnyMessageThatWasWritten_GivesItBack() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), chunk =>
        {
            var message = new ChunkMessage(new BatchId("b-1"), chunk);
            return ChunkMessage.Parse(message.ToJson()) == message;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", "line 1, byte 1")]
    [InlineData("hello", "line 1, byte 1")]
    [InlineData("""{"batch":"b","chunk":-1}""", "$.chunk")]
    [InlineData("""{"batch":"b","chunk":"1"}""", "$.chunk")]
    [InlineData("""{"batch":"b","chunk":2147483648}""", "$.chunk")]
    [InlineData("""{"batch":"B","chunk":1}""", "$.batch")]
    [InlineData("""{"chunk":1}""", "$")]
    [InlineData("""{"batch":"b"}""", "$")]
    [InlineData("""{"batch":"b","chunk":1,"model":"x"}""", "$.model")]
    public void Parse_GivenAFault_NamesIt(string json, string path)
    {
        var fault = Assert.Single(Assert.Throws<InputException>(() => ChunkMessage.Parse(json)).Faults);

        Assert.Equal(("queue message", path), (fault.File, fault.Path));
    }

    [Theory]
    [InlineData("""{"batch":"b-1","chunk":"x"}""", "b-1")]
    [InlineData("""{"batch":"B","chunk":1}""", null)]
    [InlineData("""{"batch":1}""", null)]
    [InlineData("""{"batch":"\ud83d"}""", null)]
    [InlineData("[]", null)]
    [InlineData("hello", null)]
    [InlineData("", null)]
    public void BatchNamedBy_GivenAFaultyMessage_FindsItsBatchIfItCan(string text, string? batch) =>
        Assert.Equal(batch, ChunkMessage.BatchNamedBy(text)?.ToString());
}
