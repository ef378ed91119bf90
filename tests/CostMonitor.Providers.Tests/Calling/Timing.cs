using Xunit;

namespace CostMonitor.Providers.Tests.Calling;

/// <summary>Tests that read a real clock run beside no others.</summary>
[CollectionDefinition(nameof(Timing), DisableParallelization = true)]
public sealed class Timing;
