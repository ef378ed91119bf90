using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing;

/// <summary>The catalog that calls are priced by now. A faulty replacement leaves the last good one in force, and says what is wrong with it.</summary>
public sealed class PricesInForce(PriceCatalog catalog, DateTimeOffset read)
{
    private volatile State _state = new(catalog, read, []);

    public PriceCatalog Catalog => _state.Catalog;

    /// <summary>When the catalog in force was read.</summary>
    public DateTimeOffset Read => _state.Read;

    /// <summary>What was wrong with the last replacement; empty if it is in force.</summary>
    public IReadOnlyList<InputFault> Faults => _state.Faults;

    /// <summary>Puts another catalog in force, unless reading it finds a fault.</summary>
    public void Replace(Func<PriceCatalog> readAnew, DateTimeOffset now)
    {
        try
        {
            _state = new State(readAnew(), now, []);
        }
        catch (InputException e)
        {
            _state = _state with { Faults = e.Faults };
        }
    }

    private sealed record State(PriceCatalog Catalog, DateTimeOffset Read, IReadOnlyList<InputFault> Faults);
}
