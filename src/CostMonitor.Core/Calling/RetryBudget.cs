namespace CostMonitor.Core.Calling;

/// <summary>Keeps retries from making an overload worse: in the long run they are at most a share of the calls.</summary>
/// <remarks>A bucket of retries, full at the start. Each call adds <see cref="Share"/> of a retry, each retry takes one. Thread-safe.</remarks>
public sealed class RetryBudget
{
    private const long One = 1000; // thousandths, so that a share adds up exactly

    private readonly long _each, _most;
    private long _left;

    /// <param name="share">Retries for each call: 0 to 1; 0.1 if not set.</param>
    /// <param name="reserve">Retries beyond that share in any stretch of time, for a caller of few calls: 0 to 10,000; 50 if not set.</param>
    public RetryBudget(double share = 0.1, int reserve = 50)
    {
        if (share is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "A share runs from 0 to 1.");
        ArgumentOutOfRangeException.ThrowIfNegative(reserve);
        (Share, _each, _most, _left) = (share, (long)Math.Round(share * One), reserve * One, reserve * One);
    }

    public double Share { get; }

    /// <summary>Retries that could be made now.</summary>
    public long Left => Volatile.Read(ref _left) / One;

    /// <summary>Notes a call's first attempt.</summary>
    public void Called()
    {
        long left;
        do left = Volatile.Read(ref _left);
        while (left < _most && Interlocked.CompareExchange(ref _left, Math.Min(_most, left + _each), left) != left);
    }

    /// <summary>Takes one retry.</summary>
    /// <returns>False when there is none left, and the failure is to stand.</returns>
    public bool TryTake()
    {
        long left;
        do
        {
            left = Volatile.Read(ref _left);
            if (left < One) return false;
        }
        while (Interlocked.CompareExchange(ref _left, left - One, left) != left);

        return true;
    }
}
