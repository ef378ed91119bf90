using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Caching;

namespace CostMonitor.Providers.Chain;

/// <summary>What one who joined a flight gets from it.</summary>
/// <param name="Turn">What to do now.</param>
/// <param name="Answer">The answer, where there is one.</param>
/// <param name="Source">Where it is from.</param>
/// <param name="IsStale">Whether it is past its time.</param>
internal readonly record struct Landed(FlightTurn Turn, CachedAnswer? Answer = null, CacheSource Source = CacheSource.InFlight, bool IsStale = false)
{
    public static Landed Leads { get; } = new(FlightTurn.Leads);

    public static Landed Alone { get; } = new(FlightTurn.Alone);

    public static Landed With(CachedAnswer answer, CacheSource source = CacheSource.InFlight, bool isStale = false) => new(FlightTurn.Answered, answer, source, isStale);
}
