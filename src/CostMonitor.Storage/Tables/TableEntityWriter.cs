using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CostMonitor.Storage.Tables;

/// <summary>Writes an entity as the service's JSON, with a type where JSON alone would be stored as another.</summary>
internal static class TableEntityWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the body is never inside HTML, and non-ASCII text stays short
        SkipValidation = true,
    };

    public static void Write(IBufferWriter<byte> output, TableEntity entity)
    {
        using var writer = new Utf8JsonWriter(output, Options);
        writer.WriteStartObject();
        writer.WriteString("PartitionKey"u8, entity.PartitionKey);
        writer.WriteString("RowKey"u8, entity.RowKey);
        foreach (var (name, value) in entity.Properties) Write(writer, name, value);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, object value)
    {
        switch (value)
        {
            case string text: writer.WriteString(name, text); break;
            case int number: writer.WriteNumber(name, number); break;
            case bool flag: writer.WriteBoolean(name, flag); break;
            case long number: Annotate(writer, name, "Edm.Int64"); writer.WriteString(name, number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: Write(writer, name, number); break;
            case Guid id: Annotate(writer, name, "Edm.Guid"); writer.WriteString(name, id); break;
            case DateTimeOffset time: Annotate(writer, name, "Edm.DateTime"); Write(writer, name, time); break;
            case byte[] bytes: Annotate(writer, name, "Edm.Binary"); writer.WriteBase64String(name, bytes); break;
        }
    }

    private static void Write(Utf8JsonWriter writer, string name, DateTimeOffset time)
    {
        Span<char> text = stackalloc char[TableLiteral.DateTimeFormat.Length];
        time.UtcDateTime.TryFormat(text, out var length, TableLiteral.DateTimeFormat, CultureInfo.InvariantCulture);
        writer.WriteString(name, text[..length]);
    }

    private static void Write(Utf8JsonWriter writer, string name, double number)
    {
        Annotate(writer, name, "Edm.Double");
        if (double.IsFinite(number))
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(TableLiteral.Of(number), skipInputValidation: true);
        }
        else
        {
            writer.WriteString(name, double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
        }
    }

    private static void Annotate(Utf8JsonWriter writer, string name, string type) => writer.WriteString(name + "@odata.type", type);
}
