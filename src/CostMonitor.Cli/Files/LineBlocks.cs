namespace CostMonitor.Cli.Files;

/// <summary>Reads a file in blocks of whole lines, of about a megabyte each; the last block may end without a line end.</summary>
internal sealed class LineBlocks(Stream file, int blockBytes = 1 << 20)
{
    private byte[] _rest = [];
    private long _lines;

    /// <summary>The next block and the number of lines before it; null at the end.</summary>
    public async Task<(ReadOnlyMemory<byte> Bytes, long LinesBefore)?> ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Max(blockBytes, 2 * _rest.Length)];
        _rest.CopyTo(buffer, 0);
        for (var filled = _rest.Length; ;)
        {
            var read = await file.ReadAtLeastAsync(buffer.AsMemory(filled), buffer.Length - filled, throwOnEndOfStream: false, cancellationToken);
            var end = filled + read < buffer.Length ? filled + read : buffer.AsSpan(0, filled + read).LastIndexOf((byte)'\n') + 1;
            filled += read;
            if (filled == 0) return null;
            if (end > 0) return Cut(buffer, end, filled);
            Array.Resize(ref buffer, 2 * buffer.Length); // one line longer than the block
        }
    }

    private (ReadOnlyMemory<byte>, long) Cut(byte[] buffer, int end, int filled)
    {
        _rest = buffer[end..filled];
        var before = _lines;
        _lines += buffer.AsSpan(0, end).Count((byte)'\n');
        return (buffer.AsMemory(0, end), before);
    }
}
