namespace CostMonitor.Providers.Simulated;

/// <summary>FNV-1a of 64 bits: the same on every machine, unlike <see cref="string.GetHashCode()"/>.</summary>
internal readonly struct StableHash
{
    private readonly ulong _value;

    public StableHash() => _value = 14695981039346656037;

    private StableHash(ulong value) => _value = value;

    public ulong Value => _value;

    public StableHash Add(ulong number)
    {
        var value = _value;
        for (var shift = 0; shift < 64; shift += 8) value = Mix(value, (byte)(number >> shift));
        return new StableHash(value);
    }

    public StableHash Add(string text)
    {
        var value = _value;
        foreach (var c in text) value = Mix(Mix(value, (byte)c), (byte)(c >> 8));
        return new StableHash(value).Add((ulong)text.Length);
    }

    private static ulong Mix(ulong value, byte b) => unchecked((value ^ b) * 1099511628211);
}
