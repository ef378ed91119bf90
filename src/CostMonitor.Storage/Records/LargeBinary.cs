using System.Globalization;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>Keeps bytes in as many binary properties as they need: one holds 64 KiB at most.</summary>
internal static class LargeBinary
{
    /// <summary>What an entity can hold beside its other properties: the emulator counts the 1 MiB of the service in base64.</summary>
    public const int MaxBytes = 700 * 1024;

    private const int PartBytes = 64 * 1024;

    public static void Set(TableEntity entity, string name, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes) throw new ArgumentException($"'{name}' has {bytes.Length} bytes; an entity holds {MaxBytes}.", nameof(bytes));
        var part = 0;
        do
        {
            var length = Math.Min(PartBytes, bytes.Length);
            entity[PartName(name, part++)] = bytes[..length].ToArray();
            bytes = bytes[length..];
        }
        while (bytes.Length > 0);
    }

    public static byte[] Get(TableEntity entity, string name)
    {
        if (entity.GetBinary(name) is not { } first)
        {
            throw new InvalidDataException($"Row '{entity.PartitionKey}', '{entity.RowKey}' has no '{name}'.");
        }

        if (first.Length < PartBytes || entity.GetBinary(PartName(name, 1)) is null) return first;
        var all = new List<byte>(first);
        for (var part = 1; entity.GetBinary(PartName(name, part)) is { } next; part++) all.AddRange(next);
        return [.. all];
    }

    private static string PartName(string name, int part) => part == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}{part}");
}
