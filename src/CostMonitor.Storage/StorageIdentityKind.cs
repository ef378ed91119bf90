namespace CostMonitor.Storage;

/// <summary>How an app proves to storage who it is.</summary>
public enum StorageIdentityKind
{
    /// <summary>The account's shared key.</summary>
    Key,

    /// <summary>The identity that Azure gives the app.</summary>
    Managed,

    /// <summary>Whatever credential the process finds, as a developer's machine has it.</summary>
    Default,
}
