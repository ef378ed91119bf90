using System.Text;
using System.Text.Json;
using CostMonitor.Core.Batches;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Tests.Runs;

namespace CostMonitor.Core.Tests.Batches;

public sealed class BatchProgressTests
{
    private static readonly BatchProgress Fresh = new()
    {
        Id = new BatchId("b-1"), Kind = BatchKind.Prompts, Submitted = Records.Start, Runs = 100, Recorded = 0, Succeeded = 0, Failed = 0,
        Cost = Usd.Zero, Unpriced = 0, Chunks = 3, ChunksDone = 0, Takeovers = 0, Poisoned = 0,
    };

    [Theory]
    [InlineData(0, 0, 0, BatchState.Queued)]
    [InlineData(1, 0, 0, BatchState.Running)]
    [InlineData(80, 2, 0, BatchState.Running)]
    [InlineData(80, 2, 1, BatchState.Incomplete)]
    [InlineData(40, 1, 1, BatchState.Running)] // one chunk is still under way
    [InlineData(0, 0, 3, BatchState.Incomplete)]
    [InlineData(100, 3, 0, BatchState.Done)]
    [InlineData(100, 3, 1, BatchState.Done)] // a poisoned second delivery of a finished chunk changes nothing
    public void State_GivenCounts_SaysWhereTheBatchStands(int recorded, int chunksDone, int poisoned, BatchState state) =>
        Assert.Equal(state, (Fresh with { Recorded = recorded, ChunksDone = chunksDone, Poisoned = poisoned }).State);

    [Fact]
    public void Write_GivenProgress_IsThisText()
    {
        var progress = Fresh with { Recorded = 41, Succeeded = 40, Failed = 1, Cost = new Usd(0.00000675m), Unpriced = 1, ChunksDone = 1, Takeovers = 1 };
        using var bytes = new MemoryStream();

        using (var json = new Utf8JsonWriter(bytes)) BatchProgressJson.Write(json, progress);

        Assert.Equal(
            """
            {"batch":"b-1","kind":"prompts","state":"running","submitted":"2026-05-01T12:00:00Z","runs":100,"recorded":41,"succeeded":40,"failed":1,
            "costUsd":0.00000675,"costIsLeast":true,"unpriced":1,"chunks":3,"chunksDone":1,"takeovers":1,"poisoned":0}
            """.Replace("\n", "", StringComparison.Ordinal),
            Encoding.UTF8.GetString(bytes.ToArray()));
    }
}
