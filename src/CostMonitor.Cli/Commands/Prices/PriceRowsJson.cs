using System.Text.Json;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>Rows of the catalog as JSON, each with its model.</summary>
internal static class PriceRowsJson
{
    public static void Write(Utf8JsonWriter json, IEnumerable<Price> rows)
    {
        json.WriteStartArray();
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("model", row.Model.ToString());
            json.WritePropertyName("price");
            PriceFileWriter.WriteRow(json, row);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
