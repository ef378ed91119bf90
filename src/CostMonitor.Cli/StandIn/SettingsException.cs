namespace CostMonitor.Cli.StandIn;

/// <summary>The app's files cannot be used; it names every fault, not only the first.</summary>
public sealed class SettingsException(IReadOnlyList<SettingsFault> faults)
    : Exception("The app's settings cannot be used:" + string.Concat(faults.Select(fault => $"{Environment.NewLine}  {fault}")))
{
    /// <summary>The faults, in the order of the files.</summary>
    public IReadOnlyList<SettingsFault> Faults { get; } = faults;
}
