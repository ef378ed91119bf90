using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Batches;

/// <summary>A part of a batch that one worker runs at a time.</summary>
/// <param name="Index">Its place in the batch, from 0.</param>
/// <param name="First">The ordinal of its first run.</param>
/// <param name="Count">Its number of runs.</param>
/// <param name="Models">The models that it calls.</param>
public sealed record BatchChunk(int Index, int First, int Count, IReadOnlyList<ModelKey> Models);
