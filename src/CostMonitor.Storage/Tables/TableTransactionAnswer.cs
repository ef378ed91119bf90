using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Azure;

namespace CostMonitor.Storage.Tables;

/// <summary>Reads the multipart answer to a transaction: one part an action, or one part alone that says what failed.</summary>
internal static class TableTransactionAnswer
{
    /// <summary>The refused part's status and error; null when all parts succeeded, and then <paramref name="etags"/> has one an action.</summary>
    public static (int Status, StorageError Error)? Parse(ReadOnlyMemory<byte> body, out List<ETag> etags)
    {
        etags = [];
        for (var rest = body; NextLine(ref rest, out var line);)
        {
            if (!line.Span.StartsWith("HTTP/1.1 "u8)) continue;
            var status = Utf8Parser.TryParse(line.Span[9..], out int code, out _) ? code : 0;
            var etag = ReadHeaders(ref rest);
            if (status is < 200 or > 299) return (status, StorageError.FromJson(FirstLineOfJson(rest)));
            etags.Add(etag);
        }
        return null;
    }

    /// <summary>The number before the first colon of the error's message is the index of the refused action.</summary>
    public static int? FailedIndex(StorageError error)
    {
        var colon = error.Message?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        return colon > 0 && int.TryParse(error.Message.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;
    }

    private static ETag ReadHeaders(ref ReadOnlyMemory<byte> rest)
    {
        var etag = default(ETag); // a delete has none
        while (NextLine(ref rest, out var line) && !line.IsEmpty)
        {
            if (line.Length > 5 && Ascii.EqualsIgnoreCase(line.Span[..5], "ETag:"u8))
                etag = new ETag(Encoding.ASCII.GetString(line.Span[5..]).Trim());
        }
        return etag;
    }

    private static ReadOnlyMemory<byte> FirstLineOfJson(ReadOnlyMemory<byte> rest)
    {
        while (NextLine(ref rest, out var line))
        {
            if (line.Span.StartsWith("{"u8)) return line;
        }
        return default;
    }

    private static bool NextLine(ref ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> line)
    {
        var end = rest.Span.IndexOf((byte)'\n');
        var length = end < 0 ? rest.Length : end;
        line = rest[..length];
        if (line.Span.EndsWith("\r"u8)) line = line[..^1];
        var any = !rest.IsEmpty;
        rest = end < 0 ? default : rest[(end + 1)..];
        return any;
    }
}
