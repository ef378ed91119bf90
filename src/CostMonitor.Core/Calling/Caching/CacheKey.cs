using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace CostMonitor.Core.Calling.Caching;

/// <summary>What a cached answer is found by: 32 bytes of a hash over all that affects the answer. Written as 64 lower-case hex digits.</summary>
public readonly record struct CacheKey
{
    /// <summary>The length of a key in bytes.</summary>
    public const int Bytes = 32;

    private readonly ulong _first, _second, _third, _fourth;

    /// <param name="bytes">Exactly <see cref="Bytes"/> of them.</param>
    public CacheKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Bytes) throw new ArgumentException($"A key has {Bytes} bytes, got {bytes.Length}.", nameof(bytes));
        _first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _second = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _third = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _fourth = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out CacheKey key)
    {
        key = default;
        Span<byte> bytes = stackalloc byte[Bytes];
        if (text is not { Length: 2 * Bytes } || Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        key = new CacheKey(bytes);
        return true;
    }

    // A key is a hash already: any part of it spreads evenly.
    public override int GetHashCode() => (int)_first;

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _first);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _second);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], _third);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], _fourth);
        return Convert.ToHexStringLower(bytes);
    }
}
