using System.Globalization;
using System.IO.Compression;
using System.Text;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>Price files that came after the app was deployed, in the table Prices: one in force a provider, and all that ever were.</summary>
public sealed class PriceFileTable(StorageAccount account, TimeProvider time)
{
    private const string InForce = "!files";
    private const string Json = "JsonGzip";

    private readonly TableClient _table = account.Table("Prices");

    public Task CreateIfNotExistsAsync(CancellationToken cancellationToken) => _table.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>The files in force: provider and text.</summary>
    public async Task<IReadOnlyList<(string Provider, string Json)>> ReadAsync(CancellationToken cancellationToken)
    {
        var files = new List<(string, string)>();
        await foreach (var row in _table.QueryAsync(TableFilter.Create($"PartitionKey eq {InForce}"), null, cancellationToken))
        {
            files.Add((row.RowKey, Unzipped(LargeBinary.Get(row, Json))));
        }

        return files;
    }

    /// <summary>Puts a file in force; the one before it stays readable under its own row.</summary>
    /// <param name="provider">The file's provider.</param>
    /// <param name="json">The file, which has been parsed without a fault.</param>
    /// <param name="by">Who or what wrote it, as in <c>PriceTimer</c>.</param>
    /// <exception cref="ArgumentException">The file has more than 700 KiB when compressed, ten times what the largest has.</exception>
    public async Task WriteAsync(string provider, string json, string by, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var version = Row($"file|{provider}", now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfffffff", CultureInfo.InvariantCulture));
        await _table.InsertOrReplaceAsync(version, cancellationToken); // first, so that nothing was ever in force without a trace
        await _table.InsertOrReplaceAsync(Row(InForce, provider), cancellationToken);

        TableEntity Row(string partition, string key)
        {
            var row = new TableEntity(partition, key) { ["Written"] = now, ["By"] = by };
            LargeBinary.Set(row, Json, Zipped(json));
            return row;
        }
    }

    private static byte[] Zipped(string text)
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionLevel.Optimal)) zip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }

    private static string Unzipped(byte[] bytes)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
