using CostMonitor.Core.Input;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Cli.Files;

/// <summary>Reads what people write: plans, prompt sets, batches.</summary>
internal static class InputFiles
{
    /// <exception cref="InputException">The file is missing or faulty.</exception>
    public static RunPlan Plan(string path, Func<ModelKey, bool> isConfigured)
    {
        var folder = Path.GetDirectoryName(path) ?? "";
        return RunPlanFile.Parse(Text(path), path, name => PromptFile.ParseCsv(Text(Path.Combine(folder, name)), name), isConfigured);
    }

    /// <exception cref="InputException">The file cannot be read.</exception>
    public static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "", $"The file cannot be read: {e.Message}");
        }
    }
}
