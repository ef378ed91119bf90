using System.Text;
using System.Text.Json;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Budgets;

/// <summary>Reads and writes budgets as JSON: a file holds <c>{"budgets": [...]}</c>, the API one object.</summary>
public static class BudgetFile
{
    private const string Budgets = "budgets";

    /// <summary>Reads a file of budgets, and checks that they do not contradict each other.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">The name that faults give it.</param>
    /// <exception cref="InputException">All faults together.</exception>
    public static IReadOnlyList<PlacedBudget> Parse(string json, string file) => Read(json, file, ReadAll);

    /// <summary>Reads one budget.</summary>
    /// <exception cref="InputException">All faults together.</exception>
    public static BudgetDefinition ParseOne(string json, string file) => InputFaults.ReadJson(json, file, BudgetReader.Read);

    /// <summary>Reads a file of budgets, or one that holds a single budget's object.</summary>
    /// <exception cref="InputException">All faults together.</exception>
    public static IReadOnlyList<PlacedBudget> ParseAny(string json, string file) =>
        Read(json, file, (root, faults) => root.Property(Budgets) is null ? ReadSingle(root) : ReadAll(root, faults));

    public static void Write(Utf8JsonWriter json, IEnumerable<BudgetDefinition> budgets)
    {
        json.WriteStartObject();
        json.WriteStartArray(Budgets);
        foreach (var budget in budgets) BudgetWriter.Write(json, budget);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteOne(Utf8JsonWriter json, BudgetDefinition budget) => BudgetWriter.Write(json, budget);

    /// <summary>One budget as a text.</summary>
    public static string TextOf(BudgetDefinition budget)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) BudgetWriter.Write(json, budget);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static IReadOnlyList<PlacedBudget> Read(string json, string file, Func<InputNode, InputFaults, IReadOnlyList<PlacedBudget>> read)
    {
        var faults = new InputFaults();
        var budgets = faults.TryReadJson(json, file, root => read(root, faults)) ?? [];
        faults.ThrowIfAny();
        return budgets;
    }

    private static IReadOnlyList<PlacedBudget> ReadAll(InputNode root, InputFaults faults)
    {
        root.AllowOnly(Budgets);
        const string expected = "an array of budgets";
        var budgets = new List<PlacedBudget>();
        foreach (var node in root.IsObject ? root.Required(Budgets, expected)?.Items(expected) ?? [] : [])
        {
            if (ReadPlaced(node) is { } placed) budgets.Add(placed);
        }

        faults.AddRange(BudgetContradictions.Of(budgets));
        return budgets;
    }

    private static IReadOnlyList<PlacedBudget> ReadSingle(InputNode root) => ReadPlaced(root) is { } placed ? [placed] : [];

    private static PlacedBudget? ReadPlaced(InputNode node) =>
        BudgetReader.Read(node) is { } budget ? new PlacedBudget(budget, node.File, node.Path) : null;
}
