using System.Text.Json;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing.Import;

/// <summary>Reads a figure of a source and judges whether a row can hold it.</summary>
internal static class SourceFigure
{
    private const decimal Highest = 100_000m; // as price files have it: above, a unit has been mixed up

    /// <param name="node">The number.</param>
    /// <param name="shift">The power of ten that turns it into our unit.</param>
    /// <param name="whyNot">Why it cannot be used; "" where it is no number, which is noted as a fault of the file.</param>
    /// <returns>The figure in our unit; null if it cannot be used.</returns>
    public static decimal? Read(InputNode node, int shift, out string whyNot)
    {
        whyNot = "";
        if (node.Element.ValueKind != JsonValueKind.Number)
        {
            node.Fault($"Expected a price as a number, got {node.Shown()}.");
            return null;
        }

        if (!ExactFigure.TryRead(node.Element.GetRawText(), shift, out var figure)) whyNot = SkipReasons.Inexact;
        else if (figure < 0) whyNot = SkipReasons.Negative;
        else if (figure > Highest) whyNot = SkipReasons.TooHigh;
        return whyNot.Length == 0 ? figure : null;
    }
}
