using Azure.Core;
using Azure.Identity;
using CostMonitor.Core.Input;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Configuration;

namespace CostMonitor.Providers.Calling;

/// <summary>Reads a models.json from disk and makes its clients.</summary>
public static class ModelsFile
{
    /// <param name="path">The file.</param>
    /// <param name="setting">Gives keys and endpoints, and the client id of the app's identity as the Functions host names it.</param>
    /// <param name="time">The clock of all measurements.</param>
    /// <param name="onDoubt">Told of usage that was reported and not believed.</param>
    /// <param name="parts">What the calling chain works with; null for nothing but the models.</param>
    /// <exception cref="InputException">The file is missing or faulty.</exception>
    public static ModelClients Read(string path, Func<string, string?> setting, TimeProvider time, Action<UsageDoubt>? onDoubt = null, ChainParts? parts = null)
    {
        try
        {
            var models = ModelConfiguration.Parse(File.ReadAllText(path), path, setting);
            return new ModelClients(models, models.Models.Any(m => m.EntraScope is not null) ? Credential(setting) : null, time, onDoubt, parts);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "", $"The models' file cannot be read: {e.Message}");
        }
    }

    private static TokenCredential Credential(Func<string, string?> setting) =>
        setting("AzureWebJobsStorage__clientId") is { Length: > 0 } client
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(client))
            : new DefaultAzureCredential();
}
