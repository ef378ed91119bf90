using CostMonitor.Core.Input;

namespace CostMonitor.Core.Checks;

/// <summary>One look at a part of the set-up.</summary>
/// <param name="Name">What was looked at, in a word or two.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Found">What was found, in one sentence or a part of one.</param>
/// <param name="Problems">What is to be mended; empty unless it failed, or has a remark that somebody can act on.</param>
public sealed record Check(string Name, CheckOutcome Outcome, string Found, IReadOnlyList<Problem> Problems)
{
    public static Check Fine(string name, string found) => new(name, CheckOutcome.Fine, found, []);

    public static Check Remark(string name, string found, params IReadOnlyList<Problem> problems) => new(name, CheckOutcome.Remark, found, problems);

    public static Check Skipped(string name, string why) => new(name, CheckOutcome.Skipped, why, []);

    /// <param name="name">What was looked at.</param>
    /// <param name="problems">At least one.</param>
    public static Check Failed(string name, params IReadOnlyList<Problem> problems) =>
        new(name, CheckOutcome.Failed, problems.Count == 1 ? "1 problem" : $"{problems.Count} problems", problems);

    /// <summary>Fine with what <paramref name="read"/> says of it, or failed with all faults of the input.</summary>
    public static Check OfInput(string name, Func<string> read)
    {
        try
        {
            return Fine(name, read());
        }
        catch (InputException e)
        {
            return Failed(name, [.. e.Faults.Select(Problem.Of)]);
        }
    }
}
