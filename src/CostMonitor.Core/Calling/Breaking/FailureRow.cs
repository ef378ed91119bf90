using System.Numerics;

namespace CostMonitor.Core.Calling.Breaking;

/// <summary>How many calls in a row have failed, in the order in which they began. Not thread-safe.</summary>
/// <remarks>
/// Not in the order in which they ended: a refusal is quicker than an answer, so that of many calls at once those that fail are the first to
/// end, and a fifth of failures would look like a row. A call under way breaks the row until it ends; one whose end says nothing is skipped.
/// </remarks>
internal sealed class FailureRow
{
    private const int UnderWay = 512; // calls at once that the row sees past
    private const int Said = 1, Failure = 3;

    private readonly long[] _ends; // at the place of each call: its number times 4, and how it ended
    private long _first = 1;

    public FailureRow(int longest) => _ends = new long[BitOperations.RoundUpToPowerOf2((uint)(longest + UnderWay))];

    /// <param name="number">From 1, in the order of the calls' beginning.</param>
    /// <param name="isFailure">Null when its end says nothing.</param>
    public void Note(long number, bool? isFailure) =>
        _ends[number & (_ends.Length - 1)] = (number << 2) | (isFailure switch { true => (long)Failure, false => Said, null => 0 });

    /// <summary>The length of the row that a failed call stands in, counted up to <paramref name="most"/>.</summary>
    /// <param name="number">That call.</param>
    /// <param name="last">The call that began last.</param>
    public int Length(long number, long last, int most)
    {
        var length = 1;
        for (var n = number - 1; n >= _first && length < most && Counts(n, ref length); n--)
        {
        }

        for (var n = number + 1; n <= last && length < most && Counts(n, ref length); n++)
        {
        }

        return length;
    }

    /// <summary>Forgets all calls before this one.</summary>
    public void BeginAt(long number) => _first = number;

    private bool Counts(long number, ref int length)
    {
        var end = _ends[number & (_ends.Length - 1)];
        if (end >> 2 != number) return false; // under way, or too long ago
        if ((end & Failure) == Failure) length++;
        return (end & Failure) != Said;
    }
}
