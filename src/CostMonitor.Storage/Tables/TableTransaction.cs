using System.Buffers;
using System.Globalization;
using System.Text;

namespace CostMonitor.Storage.Tables;

/// <summary>The body of an entity group transaction: actions on one partition, all applied or none.</summary>
internal sealed class TableTransaction
{
    private readonly ArrayBufferWriter<byte> _body = new(4096);
    private readonly ArrayBufferWriter<byte> _entity = new(1024); // its length goes before it
    private readonly string _batch = $"batch_{Guid.NewGuid():D}";
    private readonly string _changeset = $"changeset_{Guid.NewGuid():D}";
    private readonly string _tableAddress;

    private TableTransaction(string tableAddress) => _tableAddress = tableAddress;

    public ReadOnlyMemory<byte> Body => _body.WrittenMemory;

    public string ContentType => $"multipart/mixed; boundary={_batch}";

    /// <exception cref="ArgumentException">The actions are not one transaction; the message says which and why.</exception>
    public static TableTransaction Create(string tableAddress, IReadOnlyList<TableAction> actions)
    {
        Check(actions);
        var transaction = new TableTransaction(tableAddress);
        transaction.Write(actions);
        return transaction._body.WrittenCount <= TableLimits.TransactionSize
            ? transaction
            : throw new ArgumentException(
                $"The transaction's body has {transaction._body.WrittenCount} bytes; the limit is {TableLimits.TransactionSize}.", nameof(actions));
    }

    private static void Check(IReadOnlyList<TableAction> actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        if (actions.Count is 0 or > TableLimits.Actions)
            throw new ArgumentException($"A transaction has 1 to {TableLimits.Actions} actions, not {actions.Count}.", nameof(actions));
        var rows = new HashSet<string>(actions.Count, StringComparer.Ordinal);
        for (var i = 0; i < actions.Count; i++)
        {
            var (kind, entity, ifMatch) = actions[i];
            TableLimits.Check(entity);
            if (entity.PartitionKey != actions[0].Entity.PartitionKey)
                throw new ArgumentException(
                    $"Action {i} is on partition '{entity.PartitionKey}' and action 0 on '{actions[0].Entity.PartitionKey}'; a transaction has one partition.",
                    nameof(actions));
            if (!rows.Add(entity.RowKey))
                throw new ArgumentException($"Action {i} is on row '{entity.RowKey}' again; a transaction touches an entity once.", nameof(actions));
            if (NeedsMatch(kind) && ifMatch == default)
                throw new ArgumentException($"Action {i}, {kind}, has no IfMatch: give the ETag that was read, or ETag.All for any.", nameof(actions));
            if (!NeedsMatch(kind) && ifMatch != default)
                throw new ArgumentException($"Action {i}, {kind}, has an IfMatch; only Replace, Merge and Delete compare.", nameof(actions));
        }
    }

    private static bool NeedsMatch(TableActionKind kind) => kind is TableActionKind.Replace or TableActionKind.Merge or TableActionKind.Delete;

    private void Write(IReadOnlyList<TableAction> actions)
    {
        Write($"--{_batch}\r\nContent-Type: multipart/mixed; boundary={_changeset}\r\n\r\n");
        for (var i = 0; i < actions.Count; i++) Write(actions[i], i + 1);
        Write($"--{_changeset}--\r\n\r\n--{_batch}--\r\n");
    }

    private void Write(TableAction action, int contentId)
    {
        var (kind, entity, ifMatch) = action;
        var (verb, address) = kind switch
        {
            TableActionKind.Insert => ("POST", _tableAddress),
            TableActionKind.InsertOrReplace or TableActionKind.Replace => ("PUT", TableAddress.Of(_tableAddress, entity)),
            TableActionKind.InsertOrMerge or TableActionKind.Merge => ("MERGE", TableAddress.Of(_tableAddress, entity)),
            TableActionKind.Delete => ("DELETE", TableAddress.Of(_tableAddress, entity)),
            _ => throw new ArgumentOutOfRangeException(nameof(action), kind, "Not a kind of action."),
        };
        Write($"--{_changeset}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: {contentId}\r\n\r\n");
        Write($"{verb} {address} HTTP/1.1\r\nAccept: application/json;odata=minimalmetadata\r\nDataServiceVersion: 3.0\r\n");
        if (NeedsMatch(kind)) Write($"If-Match: {ifMatch}\r\n");
        if (kind == TableActionKind.Insert) Write($"Prefer: return-no-content\r\n");
        if (kind == TableActionKind.Delete) Write($"\r\n\r\n");
        else WriteEntity(entity);
    }

    private void WriteEntity(TableEntity entity)
    {
        _entity.ResetWrittenCount();
        TableEntityWriter.Write(_entity, entity);
        Write($"Content-Type: application/json\r\nContent-Length: {_entity.WrittenCount}\r\n\r\n");
        _body.Write(_entity.WrittenSpan);
        Write($"\r\n");
    }

    private void Write(FormattableString text) => Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture), _body);
}
