using CostMonitor.Core.Budgets;
using CostMonitor.Core.Input;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.Setup;

/// <summary>The definitions of the file, each replaced by the stored one of its id, and all others that are stored.</summary>
/// <param name="Entries">The file's in its order, then the others by id.</param>
/// <param name="Faults">Of stored definitions that cannot be read, and contradictions between stored ones and the file; all that can be read are in force even so.</param>
internal sealed record BudgetsInForce(IReadOnlyList<BudgetEntry> Entries, IReadOnlyList<InputFault> Faults)
{
    /// <summary>With each daily cap as a budget of its own.</summary>
    public IReadOnlyList<Budget> Budgets { get; } = [.. Entries.SelectMany(static e => e.Definition.Budgets)];

    /// <param name="file">The file's definitions.</param>
    /// <param name="stored">The stored ones.</param>
    /// <param name="before">What was in force before: a stored definition that cannot be read leaves the one of before.</param>
    public static BudgetsInForce Of(IReadOnlyList<PlacedBudget> file, IReadOnlyList<StoredBudget> stored, BudgetsInForce? before)
    {
        var faults = new InputFaults();
        var api = new SortedDictionary<string, BudgetEntry>(StringComparer.Ordinal);
        foreach (var one in stored)
        {
            if ((Read(one, faults) ?? before?.Find(one.Id)) is { Source: BudgetSource.Api } entry) api[one.Id] = entry;
        }

        var entries = new List<BudgetEntry>();
        foreach (var placed in file) entries.Add(api.Remove(placed.Definition.Id, out var instead) ? instead : new BudgetEntry(placed, BudgetSource.File));
        entries.AddRange(api.Values);
        faults.AddRange(BudgetContradictions.Of([.. entries.Select(static e => e.Placed)]));
        return new BudgetsInForce(entries, faults.Faults);
    }

    public BudgetEntry? Find(string id) => Entries.FirstOrDefault(e => e.Definition.Id == id);

    /// <summary>Whether a definition can stand beside all others.</summary>
    /// <exception cref="InputException">All that it contradicts.</exception>
    public void Expect(PlacedBudget wanted)
    {
        var all = Entries.Where(e => e.Definition.Id != wanted.Definition.Id).Select(static e => e.Placed).Append(wanted).ToArray();
        var faults = new InputFaults();
        faults.AddRange(BudgetContradictions.Of(all).Where(f => (f.File, f.Path) == (wanted.File, wanted.Path)));
        faults.ThrowIfAny();
    }

    private static BudgetEntry? Read(StoredBudget stored, InputFaults faults)
    {
        var name = $"stored budget {stored.Id}";
        try
        {
            var definition = BudgetFile.ParseOne(stored.Json, name);
            if (definition.Id == stored.Id) return new BudgetEntry(new PlacedBudget(definition, name, "$"), BudgetSource.Api);
            faults.Add(name, "$.id", $"Expected '{stored.Id}' as in its key, got '{definition.Id}'.");
        }
        catch (InputException e)
        {
            faults.AddRange(e.Faults);
        }

        return null;
    }
}
