using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;

namespace CostMonitor.LedgerWorker;

/// <summary>What became of a <see cref="HardCapPlan"/>: the workers' own books beside the ledger.</summary>
public sealed record HardCapReport
{
    /// <summary>What the workers really spent.</summary>
    public required Usd Books { get; init; }

    /// <summary>Of it, by those that were killed.</summary>
    public required Usd BooksOfKilled { get; init; }

    public required int Paid { get; init; }

    public required int Refused { get; init; }

    /// <summary>What the books held when the first call was refused; null when none was. Calls that were granted and had not yet heard of it are missing.</summary>
    public required Usd? AtFirstRefusal { get; init; }

    /// <summary>What was settled and held in the last sample before that.</summary>
    public required Usd? CommittedAtFirstRefusal { get; init; }

    /// <summary>Refused calls that would have fitted beside all that was spent in the end.</summary>
    public required int RefusedInVain { get; init; }

    /// <summary>How often the account was read while the workers ran.</summary>
    public required int Samples { get; init; }

    /// <summary>The most that was settled and held in any of the samples.</summary>
    public required Usd Highest { get; init; }

    /// <summary>The account after all have ended and the dead's holds are free.</summary>
    public required LedgerState After { get; init; }

    /// <summary>From the last kill until no hold was left; null when nobody was killed.</summary>
    public required TimeSpan? HoldsBack { get; init; }

    /// <summary>Whether a call over all that is not settled was admitted then.</summary>
    public required bool IsRestGranted { get; init; }

    /// <summary>Of admission, for the calls that were paid.</summary>
    public required IReadOnlyList<double> WaitsMs { get; init; }

    /// <summary>To storage, by the workers that were not killed.</summary>
    public required long Requests { get; init; }

    /// <summary>What of the promises was broken, in sentences; empty for nothing.</summary>
    public IReadOnlyList<string> Faults(WorkerPlan plan, int killed)
    {
        var (limit, faults) = (new Usd(plan.LimitUsd), new List<string>());
        Check(Samples > 20, $"the account was read {Samples} times only");
        Check(Highest <= limit, $"{Highest.ToExactString()} USD were settled and held at one moment");
        Check(After.Settled <= limit, $"{After.Settled.ToExactString()} USD are settled");
        Check(After.Held == Usd.Zero, $"{After.Held.ToExactString()} USD are held after the end");
        Check(Refused > 0 || killed > 0, $"no call was refused: the demand was too small to tell anything");
        if (killed == 0)
        {
            Check(Books == After.Settled, $"the workers spent {Books.ToExactString()} USD, the account says {After.Settled.ToExactString()}");
            Check(After.Unconfirmed == Usd.Zero, $"{After.Unconfirmed.ToExactString()} USD are unconfirmed though nobody died");
            Check(CommittedAtFirstRefusal?.Amount >= 0.95m * plan.LimitUsd, $"the first call was refused at {CommittedAtFirstRefusal?.ToExactString()} USD settled and held");
            Check(Books.Amount >= 0.95m * plan.LimitUsd, $"{Books.ToExactString()} USD could be used");
            Check(RefusedInVain == 0, $"{RefusedInVain} calls were refused that would have fitted");
        }
        else
        {
            Check(BooksOfKilled > Usd.Zero, $"the killed had spent nothing");
            Check(Books <= After.Settled + After.Unconfirmed, $"{Books.ToExactString()} USD were spent, {After.Settled.ToExactString()} are settled and {After.Unconfirmed.ToExactString()} unconfirmed");
            Check(Books <= limit + (plan.CountsUnconfirmed ? Usd.Zero : After.Unconfirmed), $"{Books.ToExactString()} USD were spent");
            Check(HoldsBack <= TimeSpan.FromSeconds(120), $"the holds came back after {HoldsBack?.TotalSeconds:0} s");
            Check(IsRestGranted != plan.CountsUnconfirmed, $"{(IsRestGranted ? "what is unconfirmed was not counted" : "what the dead held was not free again")}");
        }

        return faults;

        void Check(bool isKept, FormattableString fault)
        {
            if (!isKept) faults.Add(fault.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
