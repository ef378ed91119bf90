namespace CostMonitor.Storage.Tables;

/// <summary>What one action of a transaction does.</summary>
public enum TableActionKind
{
    /// <summary>Fails when the entity exists.</summary>
    Insert,

    /// <summary>Writes the entity as given, whatever was there.</summary>
    InsertOrReplace,

    /// <summary>Writes the given properties and keeps the others.</summary>
    InsertOrMerge,

    /// <summary>As InsertOrReplace, but the entity must be there with a matching ETag.</summary>
    Replace,

    /// <summary>As InsertOrMerge, but the entity must be there with a matching ETag.</summary>
    Merge,

    /// <summary>Removes the entity, which must be there with a matching ETag.</summary>
    Delete,
}
