using System.Buffers.Text;
using System.Text;
using Azure.Core;

namespace CostMonitor.Storage.Tables;

/// <summary>The service's two continuation headers as one URL-safe text, and back.</summary>
internal static class TableContinuation
{
    private const string Prefix = "x-ms-continuation-";

    /// <summary>Null when both headers are gone: only that, not an empty page, ends a query.</summary>
    public static string? Read(ResponseHeaders headers)
    {
        var hasPartition = headers.TryGetValue(Prefix + "NextPartitionKey", out var partition);
        var hasRow = headers.TryGetValue(Prefix + "NextRowKey", out var row);
        return hasPartition || hasRow ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{partition}\n{row}")) : null;
    }

    public static string ToQuery(string continuation)
    {
        string[] parts;
        try
        {
            parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(continuation)).Split('\n');
        }
        catch (FormatException e)
        {
            throw new ArgumentException("The continuation is not one that a query gave.", nameof(continuation), e);
        }
        if (parts.Length != 2) throw new ArgumentException("The continuation is not one that a query gave.", nameof(continuation));
        return Parameter("NextPartitionKey", parts[0]) + Parameter("NextRowKey", parts[1]);
    }

    private static string Parameter(string name, string value) => value.Length == 0 ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
