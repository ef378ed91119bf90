using CostMonitor.Core.Alerts.Rules;
using CostMonitor.Core.Input;

namespace CostMonitor.Functions.Setup;

/// <summary>Reads the alert rules that are in force.</summary>
internal static class RulesFile
{
    /// <param name="path">A file of rules over the built-in ones; null for these alone.</param>
    /// <exception cref="InputException">The file is missing or faulty.</exception>
    public static IReadOnlyList<AlertRule> Read(string? path)
    {
        if (path is null) return AlertRules.BuiltIn;
        try
        {
            return AlertRuleFile.Parse(File.ReadAllText(path), Path.GetFileName(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(Path.GetFileName(path), "", $"The file of alert rules cannot be read: {e.Message}");
        }
    }
}
