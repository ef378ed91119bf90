using CostMonitor.Core.Batches;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Tests.Runs;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Batches;

public sealed class PromptBatchTests
{
    private static readonly Arbitrary<PromptBatch> Batches = (
        from models in Gen.Choose(1, 4)
        from prompts in Gen.Choose(1, 130)
        from repetitions in Gen.Choose(1, 4)
        select BatchOf(models, prompts, repetitions)).ToArbitrary();

    [Fact]
    public void Chunks_GivenAnySize_PartitionTheRunsOnce() =>
        Prop.ForAll(Batches, batch =>
        {
            var chunks = batch.Chunks();
            return chunks.SelectMany(c => Enumerable.Range(c.First, c.Count)).Order().SequenceEqual(Enumerable.Range(0, batch.RunCount))
                && chunks.Select(c => c.Index).SequenceEqual(Enumerable.Range(0, chunks.Count))
                && chunks.All(c => c is { Count: > 0 and <= PromptBatch.ChunkSize, Models.Count: 1 });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void RequestsOf_GivenAnyChunk_AsksItsModelUnderItsNumbers() =>
        Prop.ForAll(Batches, batch => batch.Chunks().All(chunk =>
        {
            var requests = batch.RequestsOf(chunk);
            return requests.Select(r => r.Id.Ordinal).SequenceEqual(Enumerable.Range(chunk.First, chunk.Count))
                && requests.All(r => r.Model == chunk.Models[0] && r.Id.Batch == batch.Id && r.Phase == RunPhase.Measured);
        })).QuickCheckThrowOnFailure();

    [Fact]
    public void RequestsOf_GivenAllChunks_AskEachModelEachPromptEachTime() =>
        Prop.ForAll(Batches, batch =>
        {
            var asked = batch.Chunks().SelectMany(batch.RequestsOf).Select(r => (r.Model, r.Prompt.Id, r.Repetition)).ToArray();
            return asked.Length == batch.RunCount && asked.Distinct().Count() == asked.Length
                && batch.RunCount == batch.Plan.Models.Count * batch.Plan.Prompts.Count * batch.Plan.Repetitions;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Chunks_GivenTwoModels_TakeTurns()
    {
        var chunks = BatchOf(models: 2, prompts: 80, repetitions: 1).Chunks();

        Assert.Equal(["0 sim:m1 0+64", "1 sim:m2 80+64", "2 sim:m1 64+16", "3 sim:m2 144+16"],
            chunks.Select(c => $"{c.Index} {c.Models[0]} {c.First}+{c.Count}"));
    }

    [Fact]
    public void Chunks_GivenACanary_IsOneInTheSeededOrder()
    {
        var batch = BatchOf(models: 3, prompts: 50, repetitions: 1) with { Kind = BatchKind.Canary };

        var chunk = Assert.Single(batch.Chunks());

        Assert.Equal((0, 0, 150, 3), (chunk.Index, chunk.First, chunk.Count, chunk.Models.Count));
        Assert.Equal(RunSchedule.Of(batch.Plan, batch.Id), batch.RequestsOf(chunk));
    }

    [Fact]
    public void RequestsOf_GivenTags_PutsEachPromptsOwnOverTheBatchs()
    {
        var batch = BatchOf(models: 1, prompts: 2, repetitions: 1);
        var prompts = batch.Plan.Prompts;
        batch = batch with
        {
            Plan = batch.Plan with
            {
                Tags = new CallTags { Team = "search" },
                Priority = CallPriority.Critical,
                Prompts = [prompts[0] with { Tags = new CallTags { User = "u1" } }, prompts[1] with { Tags = new CallTags { Team = "ads" } }],
            },
        };

        var requests = batch.RequestsOf(batch.Chunks()[0]);

        Assert.Equal([new CallTags { Team = "search", User = "u1" }, new CallTags { Team = "ads" }], requests.Select(r => r.Tags));
        Assert.All(requests, r => Assert.Equal(CallPriority.Critical, r.Priority));
    }

    private static PromptBatch BatchOf(int models, int prompts, int repetitions) => new()
    {
        Id = new BatchId("b-1"),
        Kind = BatchKind.Prompts,
        Submitted = Records.Start,
        Plan = new RunPlan
        {
            Name = "batch",
            Seed = 1,
            Models = [.. Enumerable.Range(1, models).Select(i => new ModelKey("sim", $"m{i}"))],
            Prompts = [.. Enumerable.Range(1, prompts).Select(i => new Prompt { Id = $"p{i}", Category = "qa", Text = "Why?" })],
            Repetitions = repetitions,
        },
    };
}
