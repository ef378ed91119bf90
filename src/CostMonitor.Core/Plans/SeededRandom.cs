using System.Numerics;

namespace CostMonitor.Core.Plans;

/// <summary>A generator whose numbers follow from its seed alone, on any machine and in any version.</summary>
/// <remarks>
/// xoshiro256** 1.0 of David Blackman and Sebastiano Vigna (prng.di.unimi.it), its four words of state filled by four steps of
/// SplitMix64 from the seed. <see cref="NextBelow"/> rejects the lowest 2^64 mod n values and takes the rest modulo n;
/// <see cref="Shuffle"/> is Fisher and Yates' from the last element down. <c>docs/benchmark-method.md</c> has test vectors.
/// </remarks>
public sealed class SeededRandom
{
    private ulong _s0, _s1, _s2, _s3;

    public SeededRandom(ulong seed) =>
        (_s0, _s1, _s2, _s3) = (SplitMix(ref seed), SplitMix(ref seed), SplitMix(ref seed), SplitMix(ref seed));

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <returns>From 0 to <paramref name="exclusiveMax"/> - 1, each as likely as the others.</returns>
    public int NextBelow(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);
        var range = (ulong)exclusiveMax;
        var reject = (0 - range) % range;
        while (true)
        {
            var bits = Next();
            if (bits >= reject) return (int)(bits % range);
        }
    }

    /// <returns>At least 0 and below 1, in steps of 2^-53.</returns>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = NextBelow(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
