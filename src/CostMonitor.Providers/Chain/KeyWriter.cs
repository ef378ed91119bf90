using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using CostMonitor.Core.Calling.Caching;

namespace CostMonitor.Providers.Chain;

/// <summary>Writes what a key covers into pooled bytes and hashes them. Every value states its kind and length, so that nothing can be shifted from one to the next.</summary>
internal ref struct KeyWriter : IDisposable
{
    private const byte Absent = 0, Utf8Text = 1, Utf16Text = 2, Raw = 3, Whole = 4, Fraction = 5, Truth = 6;

    private byte[] _bytes;
    private int _length;

    public KeyWriter(int capacity) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>False once something was met that no key covers.</summary>
    public bool IsWhole { get; private set; } = true;

    public readonly CacheKey Key()
    {
        Span<byte> hash = stackalloc byte[CacheKey.Bytes];
        SHA256.HashData(_bytes.AsSpan(0, _length), hash);
        return new CacheKey(hash);
    }

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    /// <summary>Something that no key covers: its type alone is written.</summary>
    public void Unknown(object value)
    {
        IsWhole = false;
        Text(value.GetType().FullName);
    }

    public void Text(string? text)
    {
        if (text is null) Tag(Absent, 0);
        else Text(text.AsSpan());
    }

    public void Text(ReadOnlySpan<char> text)
    {
        var start = _length;
        var room = Reserve(5 + (3 * text.Length));
        if (Utf8.FromUtf16(text, room[5..], out _, out var written, replaceInvalidSequences: false) == OperationStatus.Done)
        {
            _length = start;
            Tag(Utf8Text, written);
            _length += written;
            return;
        }

        // Half a surrogate pair has no UTF-8 of its own.
        _length = start;
        Bytes(Utf16Text, MemoryMarshal.AsBytes(text));
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => Bytes(Raw, bytes);

    public void Json(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Undefined) Tag(Absent, 0);
        else Bytes(Raw, JsonMarshal.GetRawUtf8Value(json));
    }

    public void Number(long? value)
    {
        if (value is not { } number) Tag(Absent, 0);
        else Eight(Whole, number);
    }

    public void Number(double? value)
    {
        if (value is not { } number) Tag(Absent, 0);
        else Eight(Fraction, BitConverter.DoubleToInt64Bits(number));
    }

    public void Flag(bool? value)
    {
        if (value is not { } flag) Tag(Absent, 0);
        else Tag(Truth, flag ? 1 : 0);
    }

    /// <summary>A value of a kind that JSON has; any other is unknown.</summary>
    public void Scalar(object? value)
    {
        switch (value)
        {
            case null or string: Text((string?)value); break;
            case bool flag: Flag(flag); break;
            case int or long or short or byte: Number(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)); break;
            case float or double: Number(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)); break;
            case decimal number: Text(number.ToString(System.Globalization.CultureInfo.InvariantCulture)); break;
            case JsonElement json: Json(json); break;
            default: Unknown(value); break;
        }
    }

    /// <summary>The start of a list, or of a choice's branch.</summary>
    public void Count(int count) => Number((long?)count);

    private void Bytes(byte tag, ReadOnlySpan<byte> bytes)
    {
        Tag(tag, bytes.Length);
        bytes.CopyTo(Reserve(bytes.Length));
    }

    private void Eight(byte tag, long value)
    {
        Tag(tag, sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(Reserve(sizeof(long)), value);
    }

    private void Tag(byte tag, int length)
    {
        var room = Reserve(5);
        room[0] = tag;
        BinaryPrimitives.WriteInt32LittleEndian(room[1..], length);
    }

    /// <summary>Room behind what is written, which counts as written from here on.</summary>
    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _bytes.Length, _length + count));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        var room = _bytes.AsSpan(_length, count);
        _length += count;
        return room;
    }
}
