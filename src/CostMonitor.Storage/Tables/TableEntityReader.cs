using System.Globalization;
using System.Text.Json;
using Azure;

namespace CostMonitor.Storage.Tables;

/// <summary>Reads entities from the service's JSON (minimal metadata). One reader for one answer.</summary>
internal sealed class TableEntityReader
{
    private const string TypeSuffix = "@odata.type";

    // Rows of a table repeat their names in the same order, so a name is made once an answer, not once a row.
    private readonly List<string> _names = [];

    /// <summary>The one entity of a point read.</summary>
    public static TableEntity ReadOne(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        reader.Read();
        return new TableEntityReader().ReadEntity(ref reader);
    }

    /// <summary>The entities of a query's page.</summary>
    public static List<TableEntity> ReadMany(ReadOnlySpan<byte> body)
    {
        var entities = new List<TableEntity>();
        var rows = new TableEntityReader();
        var reader = new Utf8JsonReader(body);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isValue = reader.ValueTextEquals("value"u8);
            reader.Read();
            if (!isValue) reader.Skip();
            else while (reader.Read() && reader.TokenType == JsonTokenType.StartObject) entities.Add(rows.ReadEntity(ref reader));
        }
        return entities;
    }

    private TableEntity ReadEntity(ref Utf8JsonReader reader)
    {
        var entity = new TableEntity("", "");
        string? type = null;
        for (var i = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; i++)
        {
            var name = Name(ref reader, i);
            reader.Read();
            if (name.EndsWith(TypeSuffix, StringComparison.Ordinal)) type = reader.GetString();
            else
            {
                Set(entity, name, type, ref reader);
                type = null;
            }
        }
        return entity;
    }

    private string Name(ref Utf8JsonReader reader, int position)
    {
        if (position < _names.Count && reader.ValueTextEquals(_names[position])) return _names[position];
        var name = reader.GetString() ?? "";
        if (position < _names.Count) _names[position] = name;
        else _names.Add(name);
        return name;
    }

    private static void Set(TableEntity entity, string name, string? type, ref Utf8JsonReader reader)
    {
        switch (name)
        {
            case "PartitionKey": entity.PartitionKey = reader.GetString() ?? ""; break;
            case "RowKey": entity.RowKey = reader.GetString() ?? ""; break;
            case "Timestamp": entity.Timestamp = reader.TokenType == JsonTokenType.Null ? null : reader.GetDateTimeOffset(); break;
            case "odata.etag": entity.ETag = new ETag(reader.GetString() ?? ""); break;
            case var _ when name.StartsWith("odata.", StringComparison.Ordinal): reader.Skip(); break;
            default: entity[name] = Value(type, ref reader); break;
        }
    }

    private static object? Value(string? type, ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => null, // a selected property that this row lacks
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Number => Number(type, ref reader),
        JsonTokenType.String => Text(type, ref reader),
        _ => throw new JsonException($"A table property cannot be a {reader.TokenType}."),
    };

    // A double comes without a type; its point or exponent tells it from an Int32.
    private static object Number(string? type, ref Utf8JsonReader reader)
    {
        if (type == "Edm.Int64") return reader.GetInt64();
        var isWhole = type is null or "Edm.Int32" && !reader.ValueSpan.ContainsAny((byte)'.', (byte)'e', (byte)'E');
        if (isWhole && reader.TryGetInt32(out var whole)) return whole;
        return reader.GetDouble();
    }

    private static object? Text(string? type, ref Utf8JsonReader reader) => type switch
    {
        "Edm.Int64" => long.Parse(reader.GetString() ?? "", CultureInfo.InvariantCulture),
        "Edm.Int32" => int.Parse(reader.GetString() ?? "", CultureInfo.InvariantCulture),
        "Edm.Double" => double.Parse(reader.GetString() ?? "", CultureInfo.InvariantCulture), // NaN, Infinity, -Infinity
        "Edm.Guid" => reader.GetGuid(),
        "Edm.DateTime" => reader.GetDateTimeOffset().ToUniversalTime(),
        "Edm.Binary" => reader.GetBytesFromBase64(),
        _ => reader.GetString(),
    };
}
