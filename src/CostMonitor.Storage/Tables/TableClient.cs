using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Azure;
using Azure.Core;

namespace CostMonitor.Storage.Tables;

/// <summary>One table. Thread-safe.</summary>
/// <remarks>
/// Every method throws <see cref="StorageException"/> when the service refuses or does not answer, and
/// <see cref="ArgumentException"/>, before anything is sent, for what the service would refuse. Requests are sent up to
/// four times; see <see cref="StorageException.AttemptsMade"/> for what that means for a write.
/// </remarks>
public sealed class TableClient
{
    private static readonly RequestMethod MergeMethod = RequestMethod.Parse("MERGE");

    private readonly StoragePipeline _pipeline;
    private readonly string _service;
    private readonly string _table;

    internal TableClient(StoragePipeline pipeline, Uri service, string name)
    {
        TableLimits.CheckTableName(name);
        (_pipeline, Name, _service) = (pipeline, name, StorageEndpoints.Text(service));
        _table = $"{_service}/{name}";
    }

    /// <summary>The table's name.</summary>
    public string Name { get; }

    /// <summary>Makes the table; false when it existed.</summary>
    public async Task<bool> CreateIfNotExistsAsync(CancellationToken cancellationToken)
    {
        using var message = Message(RequestMethod.Post, $"{_service}/Tables");
        message.Request.Headers.Add("Prefer", "return-no-content");
        SetJson(message, Encoding.UTF8.GetBytes($$"""{"TableName":"{{Name}}"}"""));
        return await SendAsync(message, $"Creating table {Name}", cancellationToken) is not { Code: StorageErrorCodes.TableAlreadyExists };
    }

    /// <summary>Removes the table and all in it; false when it was not there.</summary>
    public async Task<bool> DeleteTableAsync(CancellationToken cancellationToken)
    {
        using var message = Message(RequestMethod.Delete, $"{_service}/Tables('{Name}')");
        return await SendAsync(message, $"Deleting table {Name}", cancellationToken) is null;
    }

    /// <summary>One entity; null when it is not there.</summary>
    public async Task<TableEntity?> GetAsync(string partitionKey, string rowKey, CancellationToken cancellationToken)
    {
        CheckKeys(partitionKey, rowKey);
        using var message = Message(RequestMethod.Get, TableAddress.Of(_table, partitionKey, rowKey));
        return await SendAsync(message, $"Reading {Place(partitionKey, rowKey)}", cancellationToken) is null
            ? TableEntityReader.ReadOne(message.Response.Content.ToMemory().Span)
            : null;
    }

    /// <summary>Stores a new entity.</summary>
    /// <returns>Its ETag.</returns>
    /// <exception cref="StorageException">409 <see cref="StorageErrorCodes.EntityAlreadyExists"/>: an entity with these keys is there.</exception>
    /// <remarks>
    /// When a retry meets an entity of exactly this content, that is taken for the first attempt's work. Where two writers
    /// could insert the same content and only one may win, put an operation id of its own into each.
    /// </remarks>
    public async Task<ETag> InsertAsync(TableEntity entity, CancellationToken cancellationToken)
    {
        var (etag, conflict) = await InsertOrConflictAsync(entity, cancellationToken);
        return conflict is null ? etag : throw conflict;
    }

    /// <summary>Stores a new entity; false when an entity with its keys is there. As <see cref="InsertAsync"/> otherwise.</summary>
    public async Task<bool> TryInsertAsync(TableEntity entity, CancellationToken cancellationToken) =>
        (await InsertOrConflictAsync(entity, cancellationToken)).Conflict is null;

    /// <summary>Writes the entity as given, whatever was there.</summary>
    /// <returns>The new ETag.</returns>
    public Task<ETag> InsertOrReplaceAsync(TableEntity entity, CancellationToken cancellationToken) =>
        WriteAsync(RequestMethod.Put, entity, default, cancellationToken);

    /// <summary>Writes the given properties and keeps the others that were there.</summary>
    /// <returns>The new ETag.</returns>
    public Task<ETag> InsertOrMergeAsync(TableEntity entity, CancellationToken cancellationToken) =>
        WriteAsync(MergeMethod, entity, default, cancellationToken);

    /// <summary>Writes the entity as given over the version <paramref name="ifMatch"/>, or any with <see cref="ETag.All"/>.</summary>
    /// <returns>The new ETag.</returns>
    /// <exception cref="StorageException">412 when it changed since, 404 when it is not there.</exception>
    public Task<ETag> ReplaceAsync(TableEntity entity, ETag ifMatch, CancellationToken cancellationToken) =>
        WriteAsync(RequestMethod.Put, entity, Required(ifMatch), cancellationToken);

    /// <summary>Writes the given properties over the version <paramref name="ifMatch"/>, or any with <see cref="ETag.All"/>.</summary>
    /// <returns>The new ETag.</returns>
    /// <exception cref="StorageException">412 when it changed since, 404 when it is not there.</exception>
    public Task<ETag> MergeAsync(TableEntity entity, ETag ifMatch, CancellationToken cancellationToken) =>
        WriteAsync(MergeMethod, entity, Required(ifMatch), cancellationToken);

    /// <summary>Removes the version <paramref name="ifMatch"/> of an entity, or any with <see cref="ETag.All"/>.</summary>
    /// <returns>False when it was not there; true also when a retry found it gone, which the first attempt explains.</returns>
    /// <exception cref="StorageException">412 when it changed since.</exception>
    public async Task<bool> DeleteAsync(string partitionKey, string rowKey, ETag ifMatch, CancellationToken cancellationToken)
    {
        CheckKeys(partitionKey, rowKey);
        using var message = Message(RequestMethod.Delete, TableAddress.Of(_table, partitionKey, rowKey));
        message.Request.Headers.Add("If-Match", Required(ifMatch).ToString());
        var error = await SendAsync(message, $"Deleting {Place(partitionKey, rowKey)}", cancellationToken);
        return error is null || StoragePipeline.Attempts(message) > 1;
    }

    /// <summary>Applies 1 to 100 actions on one partition together, or none of them.</summary>
    /// <returns>The new ETag of each action, in order; default for a delete.</returns>
    /// <exception cref="TableTransactionException">An action was refused; nothing is stored.</exception>
    public async Task<IReadOnlyList<ETag>> SubmitTransactionAsync(IReadOnlyList<TableAction> actions, CancellationToken cancellationToken)
    {
        var transaction = TableTransaction.Create(_table, actions);
        var operation = $"A transaction of {actions.Count} on {Name} '{actions[0].Entity.PartitionKey}'";
        using var message = Message(RequestMethod.Post, $"{_service}/$batch");
        message.Request.Headers.SetValue("Content-Type", transaction.ContentType);
        message.Request.Content = RequestContent.Create(transaction.Body);
        var response = await _pipeline.SendAsync(message, operation, cancellationToken);
        if (response.IsError) throw Refused(message, operation, response.Status, StorageError.Parse(response));
        if (TableTransactionAnswer.Parse(response.Content.ToMemory(), out var etags) is { } refusal)
            throw Refused(message, operation, refusal.Status, refusal.Error);
        return etags.Count == actions.Count ? etags : throw Refused(message, operation, response.Status,
            new StorageError(null, $"the answer has {etags.Count} parts"));
    }

    /// <summary>All entities that match, page after page, in the order of their keys.</summary>
    /// <param name="filter">Made by <see cref="TableFilter.Create"/>; null for all.</param>
    /// <param name="select">The properties to read; the keys come always. Null for all.</param>
    /// <param name="cancellationToken">Stops between and within requests.</param>
    public async IAsyncEnumerable<TableEntity> QueryAsync(
        string? filter, IReadOnlyList<string>? select, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (string? continuation = null; ;)
        {
            var page = await QueryPageAsync(filter, select, null, continuation, cancellationToken);
            foreach (var entity in page.Entities) yield return entity;
            if ((continuation = page.Continuation) is null) yield break;
        }
    }

    /// <summary>One page of a query.</summary>
    /// <param name="filter">Made by <see cref="TableFilter.Create"/>; null for all.</param>
    /// <param name="select">The properties to read; the keys come always. Null for all.</param>
    /// <param name="top">The most entities to give: 1 to 1,000; null for 1,000.</param>
    /// <param name="continuation">Of the page before, with the same filter; null for the first.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <exception cref="ArgumentException">The continuation is not one that a page gave.</exception>
    public async Task<TablePage> QueryPageAsync(
        string? filter, IReadOnlyList<string>? select, int? top, string? continuation, CancellationToken cancellationToken)
    {
        using var message = Message(RequestMethod.Get, $"{_table}(){QueryString(filter, select, top, continuation)}");
        await SendAsync(message, $"Querying {Name}", cancellationToken, missingIsExpected: false);
        var entities = TableEntityReader.ReadMany(message.Response.Content.ToMemory().Span);
        return new TablePage(entities, TableContinuation.Read(message.Response.Headers));
    }

    private static string QueryString(string? filter, IReadOnlyList<string>? select, int? top, string? continuation)
    {
        var query = new StringBuilder();
        if (filter is not null) query.Append("&$filter=").Append(Uri.EscapeDataString(filter));
        if (select is not null) query.Append("&$select=").AppendJoin(',', select.Union(["PartitionKey", "RowKey"]).Select(Uri.EscapeDataString));
        if (top is not null) query.Append("&$top=").Append(top.Value);
        if (continuation is not null) query.Append(TableContinuation.ToQuery(continuation));
        if (query.Length > 0) query[0] = '?';
        return query.ToString();
    }

    private async Task<(ETag ETag, StorageException? Conflict)> InsertOrConflictAsync(TableEntity entity, CancellationToken cancellationToken)
    {
        TableLimits.Check(entity);
        var operation = $"Inserting {Place(entity.PartitionKey, entity.RowKey)}";
        using var message = Message(RequestMethod.Post, _table);
        message.Request.Headers.Add("Prefer", "return-no-content");
        SetJson(message, Json(entity));
        var error = await SendAsync(message, operation, cancellationToken);
        if (error is null) return (message.Response.Headers.ETag ?? default, null);
        if (StoragePipeline.Attempts(message) > 1
            && await GetAsync(entity.PartitionKey, entity.RowKey, cancellationToken) is { } stored
            && stored.HasSameContent(entity))
            return (stored.ETag, null);
        return (default, StoragePipeline.Refused(message, operation, error.Value));
    }

    private async Task<ETag> WriteAsync(RequestMethod method, TableEntity entity, ETag ifMatch, CancellationToken cancellationToken)
    {
        TableLimits.Check(entity);
        using var message = Message(method, TableAddress.Of(_table, entity));
        if (ifMatch != default) message.Request.Headers.Add("If-Match", ifMatch.ToString());
        SetJson(message, Json(entity));
        await SendAsync(message, $"Writing {Place(entity.PartitionKey, entity.RowKey)}", cancellationToken, missingIsExpected: false);
        return message.Response.Headers.ETag ?? default;
    }

    private HttpMessage Message(RequestMethod method, string address)
    {
        var message = _pipeline.CreateMessage(method, address);
        message.Request.Headers.Add("DataServiceVersion", "3.0");
        message.Request.Headers.Add("Accept", "application/json;odata=minimalmetadata");
        return message;
    }

    private static void SetJson(HttpMessage message, ReadOnlyMemory<byte> json)
    {
        message.Request.Headers.SetValue("Content-Type", "application/json");
        message.Request.Content = RequestContent.Create(json);
    }

    private static ReadOnlyMemory<byte> Json(TableEntity entity)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        TableEntityWriter.Write(buffer, entity);
        return buffer.WrittenMemory;
    }

    /// <summary>Null after success; the error when it says only that the thing is there, or is not; throws for any other.</summary>
    private async Task<StorageError?> SendAsync(
        HttpMessage message, string operation, CancellationToken cancellationToken, bool missingIsExpected = true)
    {
        var response = await _pipeline.SendAsync(message, operation, cancellationToken);
        if (!response.IsError) return null;
        var error = StorageError.Parse(response);
        var isAnswer = missingIsExpected && (response.Status, error.Code) is
            (404, StorageErrorCodes.ResourceNotFound or StorageErrorCodes.EntityNotFound)
            or (409, StorageErrorCodes.EntityAlreadyExists or StorageErrorCodes.TableAlreadyExists);
        return isAnswer ? error : throw StoragePipeline.Refused(message, operation, error);
    }

    private static TableTransactionException Refused(HttpMessage message, string operation, int status, StorageError error) =>
        new(StoragePipeline.Describe(message, operation, status, error), status, error.Code, StoragePipeline.Attempts(message),
            TableTransactionAnswer.FailedIndex(error));

    private static void CheckKeys(string partitionKey, string rowKey)
    {
        TableLimits.CheckKey(partitionKey, nameof(partitionKey));
        TableLimits.CheckKey(rowKey, nameof(rowKey));
    }

    private static ETag Required(ETag ifMatch) => ifMatch != default
        ? ifMatch
        : throw new ArgumentException("Give the ETag that was read, or ETag.All for any version.", nameof(ifMatch));

    private string Place(string partitionKey, string rowKey) => $"{Name}('{partitionKey}', '{rowKey}')";
}
