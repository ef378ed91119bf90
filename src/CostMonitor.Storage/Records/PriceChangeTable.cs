using System.Text;
using System.Text.Json;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing.Repricing;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>The partition <c>!changes</c> of the table Prices: one row a change of stored costs, by its id and so by its time.</summary>
public sealed class PriceChangeTable(StorageAccount account) : IPriceChangeLog
{
    private const string Partition = "!changes";

    private readonly TableClient _table = account.Table("Prices");

    public Task CreateIfNotExistsAsync(CancellationToken cancellationToken) => _table.CreateIfNotExistsAsync(cancellationToken);

    public Task WriteAsync(PriceChangeHead head, CancellationToken cancellationToken) => _table.InsertOrReplaceAsync(ToEntity(head), cancellationToken);

    public async Task<IReadOnlyList<PriceChangeHead>> ListAsync(CancellationToken cancellationToken)
    {
        var heads = new List<PriceChangeHead>();
        await foreach (var row in _table.QueryAsync(TableFilter.Create($"PartitionKey eq {Partition}"), ["Change"], cancellationToken))
        {
            heads.Add(PriceChangeHeadJson.Read(JsonElement.Parse(row.GetString("Change") ?? "")));
        }

        return heads;
    }

    /// <summary>The whole head as JSON, and beside it the columns that people look at.</summary>
    private static TableEntity ToEntity(PriceChangeHead head)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) PriceChangeHeadJson.Write(json, head);
        return new TableEntity(Partition, head.Id.ToString())
        {
            ["At"] = head.At,
            ["By"] = head.By,
            ["State"] = EnumNames.Of(head.State),
            ["What"] = head.Request.ToString(),
            ["Changed"] = head.Outcome?.Changed,
            ["BeforeUsd"] = head.Outcome?.Before.Known.ToExactString(),
            ["AfterUsd"] = head.Outcome?.After.Known.ToExactString(),
            ["Change"] = Encoding.UTF8.GetString(bytes.ToArray()),
        };
    }
}
