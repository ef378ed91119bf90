using System.Globalization;
using System.IO.Compression;
using Azure;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>The table Cache: one row an answer, or the claim on an idempotency key, in the partition that the first two digits of its key name.</summary>
public sealed class AnswerTable(StorageAccount account, TimeProvider time) : IAnswerStore
{
    /// <summary>How many calls of <see cref="ExpireAsync"/>, a minute apart, look at every row once.</summary>
    public const int ExpirySteps = 16;

    private const string Answer = "AnswerGzip";
    private const string Claim = "Claim"; // its token, in the row of an idempotency key whose call is under way
    private const int MostActions = 100; // the service's, for one transaction
    private const string Clearings = "!cleared"; // the partition of the removals, each under its time: no key begins like this

    private readonly TableClient _table = account.Table("Cache");

    public Task CreateIfNotExistsAsync(CancellationToken cancellationToken) => _table.CreateIfNotExistsAsync(cancellationToken);

    public async Task<CachedAnswer?> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var text = key.ToString();
        if (await _table.GetAsync(text[..2], text, cancellationToken) is not { } row) return null;
        return row.GetString(Claim) is null ? Fresh(row) : null;
    }

    /// <summary>Writes a row whose answer has 700 KiB at most when compressed; a larger answer is not kept, and leaves its idempotency key free.</summary>
    public async Task PutAsync(CacheKey key, CachedAnswer answer, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var bytes = Zipped(CachedAnswerJson.Write(answer));
        var text = key.ToString();
        if (bytes.Length > LargeBinary.MaxBytes)
        {
            if (answer.Question is not null) await _table.DeleteAsync(text[..2], text, ETag.All, cancellationToken);
            return;
        }

        var row = new TableEntity(text[..2], text)
        {
            ["Expires"] = until.ToUniversalTime(),
            ["IsResult"] = answer.Question is not null,
            ["Model"] = answer.Model.ToString(),
            ["Deployment"] = answer.Deployment.ToString(),
            ["PromptVersion"] = answer.PromptVersion,
            ["Stored"] = answer.Stored.ToUniversalTime(),
        };
        LargeBinary.Set(row, Answer, bytes);
        await _table.InsertOrReplaceAsync(row, cancellationToken);
    }

    public async Task<KeyClaim> ClaimAsync(CacheKey key, CacheKey question, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var (text, token) = (key.ToString(), Guid.NewGuid().ToString("N"));
        var row = new TableEntity(text[..2], text) { ["Expires"] = until.ToUniversalTime(), ["IsResult"] = true, [Claim] = token, ["Question"] = question.ToString() };
        while (!await _table.TryInsertAsync(row, cancellationToken))
        {
            if (await _table.GetAsync(row.PartitionKey, row.RowKey, cancellationToken) is not { } there) continue; // given back just now
            if (there.GetString(Claim) is not { } other)
            {
                if (Fresh(there) is { } result) return new KeyClaim.Known(result);
            }
            else if (other != token && there.GetDateTimeOffset("Expires") > time.GetUtcNow() && CacheKey.TryParse(there.GetString("Question"), out var asked))
            {
                return new KeyClaim.Busy(asked);
            }

            if (await TryReplaceAsync(row, there.ETag, cancellationToken)) break;
        }

        return new KeyClaim.Taken(token);
    }

    public async Task<bool> RenewAsync(CacheKey key, string token, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (await ClaimedAsync(key, token, cancellationToken) is not { } row) return false;
        row["Expires"] = until.ToUniversalTime();
        return await TryReplaceAsync(row, row.ETag, cancellationToken);
    }

    public async Task ReleaseAsync(CacheKey key, string token, CancellationToken cancellationToken)
    {
        if (await ClaimedAsync(key, token, cancellationToken) is not { } row) return;
        try
        {
            await _table.DeleteAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken);
        }
        catch (StorageException e) when (e.Status == 412)
        {
            // It is somebody else's by now, or has a result.
        }
    }

    public async Task<int> ClearAsync(AnswerFilter filter, CancellationToken cancellationToken)
    {
        var removed = await RemoveAsync(Query(filter), int.MaxValue, cancellationToken);
        var now = time.GetUtcNow();
        var row = new TableEntity(Clearings, $"{Instant(now)}-{Guid.NewGuid():N}") { ["ClearedAt"] = now.ToUniversalTime(), ["Expires"] = (now + CacheClearing.KeptFor).ToUniversalTime() };
        if (filter is AnswerFilter.OfModel(var model)) row["ClearedModel"] = model.ToString();
        if (filter is AnswerFilter.OfPromptVersion(var version)) row["ClearedPromptVersion"] = version;
        if (filter is AnswerFilter.One(var key)) row["ClearedKey"] = key.ToString();
        await _table.InsertAsync(row, cancellationToken); // behind the removal: whoever hears of it finds nothing to read again
        return removed;
    }

    public async Task<IReadOnlyList<CacheClearing>> ClearingsAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var (found, from) = (new List<CacheClearing>(), Instant(since));
        await foreach (var row in _table.QueryAsync(TableFilter.Create($"PartitionKey eq {Clearings} and RowKey ge {from}"), null, cancellationToken))
        {
            if (row.GetDateTimeOffset("ClearedAt") is { } at) found.Add(new CacheClearing(at, FilterOf(row)));
        }

        return found;
    }

    /// <summary>Removes rows that are to be kept no longer from a sixteenth of the table: which one follows from the minute.</summary>
    /// <param name="most">The most rows to remove.</param>
    /// <returns>How many were removed.</returns>
    public Task<int> ExpireAsync(int most, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var step = now.ToUnixTimeSeconds() / 60 % ExpirySteps;
        var first = step == 0 ? Clearings : step.ToString("x", CultureInfo.InvariantCulture); // which stand before all digits
        var behind = step == ExpirySteps - 1 ? "g" : (step + 1).ToString("x", CultureInfo.InvariantCulture);
        return RemoveAsync(TableFilter.Create($"PartitionKey ge {first} and PartitionKey lt {behind} and Expires lt {now}"), most, cancellationToken);
    }

    private CachedAnswer? Fresh(TableEntity row) =>
        row.GetDateTimeOffset("Expires") > time.GetUtcNow() ? CachedAnswerJson.Read(Unzipped(LargeBinary.Get(row, Answer))) : null;

    private async Task<TableEntity?> ClaimedAsync(CacheKey key, string token, CancellationToken cancellationToken)
    {
        var text = key.ToString();
        return await _table.GetAsync(text[..2], text, cancellationToken) is { } row && row.GetString(Claim) == token ? row : null;
    }

    private async Task<bool> TryReplaceAsync(TableEntity row, ETag over, CancellationToken cancellationToken)
    {
        try
        {
            await _table.ReplaceAsync(row, over, cancellationToken);
            return true;
        }
        catch (StorageException e) when (e.Status is 404 or 412)
        {
            return false;
        }
    }

    private static string Instant(DateTimeOffset at) => at.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    private static AnswerFilter FilterOf(TableEntity row) =>
        row.GetString("ClearedModel") is { } model ? new AnswerFilter.OfModel(ModelKey.Parse(model))
        : row.GetString("ClearedPromptVersion") is { } version ? new AnswerFilter.OfPromptVersion(version)
        : row.GetString("ClearedKey") is { } text && CacheKey.TryParse(text, out var key) ? new AnswerFilter.One(key)
        : new AnswerFilter.All(); // what is not understood is cleared too: an answer can be paid again

    private static string Query(AnswerFilter filter)
    {
        switch (filter)
        {
            case AnswerFilter.All:
                return TableFilter.Create($"IsResult eq {false}");
            case AnswerFilter.OfModel(var model):
                var name = model.ToString();
                return TableFilter.Create($"IsResult eq {false} and (Model eq {name} or Deployment eq {name})");
            case AnswerFilter.OfPromptVersion(var version):
                return TableFilter.Create($"IsResult eq {false} and PromptVersion eq {version}");
            case AnswerFilter.One(var key):
                var text = key.ToString();
                return TableFilter.Create($"PartitionKey eq {text[..2]} and RowKey eq {text} and IsResult eq {false}");
            default:
                throw new ArgumentOutOfRangeException(nameof(filter), filter, "No filter of answers.");
        }
    }

    // Rows come in the order of their partitions, so that those of one stand together.
    private async Task<int> RemoveAsync(string filter, int most, CancellationToken cancellationToken)
    {
        var (removed, group) = (0, new List<TableEntity>(MostActions));
        await foreach (var row in _table.QueryAsync(filter, ["RowKey"], cancellationToken))
        {
            if (group.Count == MostActions || (group.Count > 0 && group[0].PartitionKey != row.PartitionKey)) removed += await RemoveAsync(group, cancellationToken);
            if (removed + group.Count >= most) break;
            group.Add(row);
        }

        return removed + await RemoveAsync(group, cancellationToken);
    }

    /// <summary>Removes rows of one partition, whatever was written to them since; what another process removed meanwhile is not counted.</summary>
    private async Task<int> RemoveAsync(List<TableEntity> group, CancellationToken cancellationToken)
    {
        var gone = await Task.WhenAll(group.Select(row => _table.DeleteAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken)));
        group.Clear();
        return gone.Count(static wasThere => wasThere);
    }

    private static byte[] Zipped(byte[] json)
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionLevel.Fastest)) zip.Write(json);
        return bytes.ToArray();
    }

    private static byte[] Unzipped(byte[] zipped)
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(new MemoryStream(zipped), CompressionMode.Decompress)) zip.CopyTo(bytes);
        return bytes.ToArray();
    }
}
