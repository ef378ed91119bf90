using CostMonitor.Core.Input;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Calling;

namespace CostMonitor.Functions.Setup;

/// <summary>Reads a plan from the app's folder; the prompt set that it names lies beside it.</summary>
internal static class PlanFolder
{
    /// <summary>The canary's plan, read anew.</summary>
    /// <exception cref="InputException">The plan is missing or faulty.</exception>
    public static RunPlan ReadCanary(AppSettings settings, ModelClients models) =>
        Read(Path.Combine(settings.AppFolder, settings.CanaryPlan), model => models.IsConfigured(model, out _));

    /// <exception cref="InputException">The plan is missing or faulty.</exception>
    public static RunPlan Read(string path, Func<ModelKey, bool> isConfigured)
    {
        var folder = Path.GetDirectoryName(path) ?? "";
        try
        {
            return RunPlanFile.Parse(
                File.ReadAllText(path),
                Path.GetFileName(path),
                name => PromptFile.ParseCsv(File.ReadAllText(Path.Combine(folder, name)), name),
                isConfigured);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(Path.GetFileName(path), "", $"The plan cannot be read: {e.Message}");
        }
    }
}
