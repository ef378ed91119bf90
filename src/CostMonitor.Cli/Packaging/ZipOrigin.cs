using System.Buffers.Binary;

namespace CostMonitor.Cli.Packaging;

/// <summary>The system that a zip says it was made on. Permissions are read from it only if that is Unix, and on Windows .NET says otherwise.</summary>
/// <remarks>APPNOTE.TXT 6.3.10, 4.3.12 and 4.3.16: central directory headers and the record behind them.</remarks>
internal static class ZipOrigin
{
    private const uint Header = 0x02014B50, End = 0x06054B50;
    private const int HeaderLength = 46, EndLength = 22;
    private const byte Unix = 3;

    /// <summary>Marks every entry of a zip without a comment as made by Unix.</summary>
    /// <exception cref="InvalidDataException">It is no such zip.</exception>
    public static void SayUnix(Stream zip)
    {
        Span<byte> end = stackalloc byte[EndLength];
        zip.Seek(-EndLength, SeekOrigin.End);
        zip.ReadExactly(end);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end) != End) throw new InvalidDataException("The zip does not end with its directory's record.");
        long at = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        for (var left = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]); left > 0; left--) at += SayUnix(zip, at);
    }

    /// <returns>The header's length with what follows it.</returns>
    private static int SayUnix(Stream zip, long at)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        zip.Position = at;
        zip.ReadExactly(header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Header) throw new InvalidDataException($"The zip's directory has no entry at {at}.");
        zip.Position = at + 5; // version made by: its high byte is the system
        zip.WriteByte(Unix);
        return HeaderLength + Length(header[28..]) + Length(header[30..]) + Length(header[32..]); // name, extra field, comment
    }

    private static int Length(ReadOnlySpan<byte> field) => BinaryPrimitives.ReadUInt16LittleEndian(field);
}
