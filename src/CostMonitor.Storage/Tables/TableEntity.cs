using System.Runtime.CompilerServices;
using Azure;

namespace CostMonitor.Storage.Tables;

/// <summary>A row: two keys and named properties in the order they were set. Not thread-safe.</summary>
public sealed class TableEntity
{
    private readonly OrderedDictionary<string, object> _properties = new(StringComparer.Ordinal);

    /// <summary>An entity without properties.</summary>
    public TableEntity(string partitionKey, string rowKey)
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        ArgumentNullException.ThrowIfNull(rowKey);
        (PartitionKey, RowKey) = (partitionKey, rowKey);
    }

    /// <summary>Key of the partition, within which transactions are possible.</summary>
    public string PartitionKey { get; internal set; }

    /// <summary>Key within the partition.</summary>
    public string RowKey { get; internal set; }

    /// <summary>The version that was read; default on an entity that was not.</summary>
    public ETag ETag { get; internal set; }

    /// <summary>When the service stored it; null when not read. Set by the service, and not sent.</summary>
    public DateTimeOffset? Timestamp { get; internal set; }

    /// <summary>The properties in the order they were set or read.</summary>
    public IEnumerable<KeyValuePair<string, object>> Properties => _properties;

    internal int Count => _properties.Count;

    /// <summary>A property's value; null when absent, and setting null removes it.</summary>
    /// <exception cref="ArgumentException">
    /// The value is not a string, int, long, double, bool, Guid, DateTimeOffset or byte[]: the service has no other types.
    /// </exception>
    public object? this[string name]
    {
        get => _properties.GetValueOrDefault(name);
        set
        {
            if (value is null) _properties.Remove(name);
            else if (IsStorable(value)) _properties[name] = value;
            else
                throw new ArgumentException(
                    $"Property '{name}' is a {value.GetType().Name}; a table stores string, int, long, double, bool, Guid, DateTimeOffset and byte[].",
                    nameof(value));
        }
    }

    /// <summary>A string property; null when absent.</summary>
    public string? GetString(string name) => Get<string>(name);

    /// <summary>An Edm.Int32 property; null when absent.</summary>
    public int? GetInt32(string name) => GetValue<int>(name);

    /// <summary>An Edm.Int64 property; null when absent.</summary>
    public long? GetInt64(string name) => GetValue<long>(name);

    /// <summary>An Edm.Double property; null when absent. A whole number that came without a type is one too.</summary>
    public double? GetDouble(string name) => this[name] is int whole ? whole : GetValue<double>(name);

    /// <summary>An Edm.Boolean property; null when absent.</summary>
    public bool? GetBoolean(string name) => GetValue<bool>(name);

    /// <summary>An Edm.DateTime property, in UTC; null when absent.</summary>
    public DateTimeOffset? GetDateTimeOffset(string name) => GetValue<DateTimeOffset>(name);

    /// <summary>An Edm.Guid property; null when absent.</summary>
    public Guid? GetGuid(string name) => GetValue<Guid>(name);

    /// <summary>An Edm.Binary property, not copied; null when absent.</summary>
    public byte[]? GetBinary(string name) => Get<byte[]>(name);

    /// <summary>Whether both have the same keys, names, types and values. Order, ETag and Timestamp do not count.</summary>
    internal bool HasSameContent(TableEntity other) =>
        PartitionKey == other.PartitionKey
        && RowKey == other.RowKey
        && Count == other.Count
        && _properties.All(p => other[p.Key] is { } value && HasSameValue(p.Value, value));

    private static bool HasSameValue(object a, object b) =>
        a is byte[] bytes ? b is byte[] others && bytes.AsSpan().SequenceEqual(others) : a.Equals(b);

    private static bool IsStorable(object value) => value is string or int or long or double or bool or Guid or DateTimeOffset or byte[];

    private T? Get<T>(string name, [CallerMemberName] string getter = "") where T : class =>
        this[name] is { } value ? value as T ?? throw WrongType(name, value, getter) : null;

    private T? GetValue<T>(string name, [CallerMemberName] string getter = "") where T : struct =>
        this[name] is { } value ? value is T typed ? typed : throw WrongType(name, value, getter) : null;

    private InvalidOperationException WrongType(string name, object value, string getter) =>
        new($"{getter}: property '{name}' of ('{PartitionKey}', '{RowKey}') is a {value.GetType().Name}.");
}
