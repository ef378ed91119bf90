using System.Buffers;

namespace CostMonitor.Providers.Chain;

/// <summary>Puts a text together from its pieces in a borrowed buffer. Its default is the empty text.</summary>
internal struct PooledText
{
    private const int Least = 256;

    private char[]? _buffer;
    private int _length;
    private string? _whole;

    public void Append(string piece)
    {
        if (_buffer is null || _buffer.Length - _length < piece.Length) Grow(piece.Length);
        piece.CopyTo(0, _buffer ?? [], _length, piece.Length);
        _length += piece.Length;
    }

    /// <summary>The text so far. Once it was asked for it is complete: the buffer goes back.</summary>
    public string Whole()
    {
        if (_whole is not null || _buffer is null) return _whole ?? "";
        _whole = new string(_buffer, 0, _length);
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = null;
        return _whole;
    }

    private void Grow(int more)
    {
        if (_whole is not null) throw new InvalidOperationException("The text is complete.");
        var larger = ArrayPool<char>.Shared.Rent(Math.Max(Least, checked((_length + more) * 2)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer is not null) ArrayPool<char>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
