namespace CostMonitor.Storage.Tables;

/// <summary>Addresses of entities.</summary>
internal static class TableAddress
{
    public static string Of(string tableAddress, TableEntity entity) => Of(tableAddress, entity.PartitionKey, entity.RowKey);

    public static string Of(string tableAddress, string partitionKey, string rowKey) =>
        $"{tableAddress}(PartitionKey={Literal(partitionKey)},RowKey={Literal(rowKey)})";

    private static string Literal(string key) => $"'{Uri.EscapeDataString(key.Replace("'", "''", StringComparison.Ordinal))}'";
}
