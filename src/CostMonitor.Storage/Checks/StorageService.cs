namespace CostMonitor.Storage.Checks;

/// <summary>The services of an account that this program uses.</summary>
public enum StorageService
{
    Table,
    Queue,
}
