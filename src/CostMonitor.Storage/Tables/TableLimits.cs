using System.Buffers;

namespace CostMonitor.Storage.Tables;

/// <summary>The service's limits, checked before anything is sent: the emulator lets most of them pass, and Azure would fail.</summary>
/// <remarks>Keys: Azure allows 1,024 characters and so does this; the emulator only 512, and answers 400 above.</remarks>
internal static class TableLimits
{
    public const int KeyLength = 1024;
    public const int Properties = 252;
    public const int NameLength = 255;
    public const int StringLength = 32_768;
    public const int BinaryLength = 64 * 1024;
    public const int EntitySize = 1024 * 1024;
    public const int Actions = 100;
    public const int TransactionSize = 4 * 1024 * 1024;

    private static readonly DateTimeOffset Earliest = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly SearchValues<char> ForbiddenInKeys = SearchValues.Create(
        [.. "/\\#?", .. Enumerable.Range(0x00, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Select(code => (char)code)]);

    public static void CheckTableName(string name)
    {
        var fits = name is { Length: >= 3 and <= 63 }
            && char.IsAsciiLetter(name[0])
            && name.All(char.IsAsciiLetterOrDigit)
            && !name.Equals("tables", StringComparison.OrdinalIgnoreCase);
        if (!fits)
            throw new ArgumentException($"'{name}' is no table name: 3 to 63 ASCII letters and digits, a letter first, and not 'tables'.", nameof(name));
    }

    public static void CheckKey(string key, string which)
    {
        ArgumentNullException.ThrowIfNull(key, which);
        if (key.Length > KeyLength)
            throw new ArgumentException($"{which} has {key.Length} characters; the limit is {KeyLength}.", which);
        var at = key.AsSpan().IndexOfAny(ForbiddenInKeys);
        if (at >= 0)
            throw new ArgumentException($"{which} has U+{(int)key[at]:X4} at {at}; keys cannot hold / \\ # ? and control characters.", which);
        if (LoneSurrogate(key) is { } half)
            throw new ArgumentException($"{which} has half a surrogate pair at {half}; keys are whole Unicode text.", which);
    }

    public static void Check(TableEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        CheckKey(entity.PartitionKey, nameof(entity.PartitionKey));
        CheckKey(entity.RowKey, nameof(entity.RowKey));
        if (entity.Count > Properties) throw Bad(entity, $"has {entity.Count} properties; the limit is {Properties}");
        var size = 4L + 2 * (entity.PartitionKey.Length + entity.RowKey.Length);
        foreach (var (name, value) in entity.Properties)
        {
            CheckPropertyName(name);
            size += 8 + 2 * name.Length + SizeOf(entity, name, value);
        }
        if (size > EntitySize) throw Bad(entity, $"takes {size} bytes as the service counts them; the limit is {EntitySize}");
    }

    public static void CheckPropertyName(string name)
    {
        var fits = name is { Length: > 0 and <= NameLength }
            && (char.IsLetter(name[0]) || name[0] == '_')
            && name.All(c => char.IsLetterOrDigit(c) || c == '_')
            && name is not ("PartitionKey" or "RowKey" or "Timestamp");
        if (!fits)
            throw new ArgumentException(
                $"'{name}' is no property name: 1 to {NameLength} letters, digits and _, no digit first, and not PartitionKey, RowKey or Timestamp.",
                nameof(name));
    }

    // The service's own sum: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
    private static int SizeOf(TableEntity entity, string name, object value) => value switch
    {
        string { Length: > StringLength } text => throw Bad(entity, $"has {text.Length} UTF-16 characters in '{name}'; the limit is {StringLength}"),
        byte[] { Length: > BinaryLength } bytes => throw Bad(entity, $"has {bytes.Length} bytes in '{name}'; the limit is {BinaryLength}"),
        DateTimeOffset { Offset.Ticks: not 0 } time => throw Bad(entity, $"has {time:O} in '{name}'; a time must be in UTC (offset 0)"),
        DateTimeOffset time when time < Earliest => throw Bad(entity, $"has {time:O} in '{name}'; the earliest time is {Earliest:O}"),
        string text => 4 + 2 * text.Length,
        byte[] bytes => 4 + bytes.Length,
        Guid => 16,
        int => 4,
        bool => 1,
        _ => 8,
    };

    private static int? LoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return i;
            i++;
        }
        return null;
    }

    private static ArgumentException Bad(TableEntity entity, string what) =>
        new($"The entity ('{entity.PartitionKey}', '{entity.RowKey}') {what}.", nameof(entity));
}
