using System.Diagnostics.CodeAnalysis;
using CostMonitor.Core.Calling.Limiting;

namespace CostMonitor.Core.Tests.Calling.Limiting;

/// <summary>A call at the limiter that a test looks at without waiting for it.</summary>
[SuppressMessage("Reliability", "CA2012", Justification = "Its result is taken once, when it is there.")]
internal sealed class Entering(ValueTask<LimiterEntry> call)
{
    private LimiterEntry? _entry;

    public bool IsDone => _entry is not null || call.IsCompleted;

    public bool IsCanceled => call.IsCanceled;

    /// <summary>The answer, which must be there.</summary>
    public LimiterEntry Entry
    {
        get
        {
            Assert.True(IsDone, "The call still waits.");
            return _entry ??= call.GetAwaiter().GetResult();
        }
    }
}
