namespace CostMonitor.Core.Input;

/// <summary>An input that cannot be used, with all of its faults together.</summary>
public sealed class InputException(IReadOnlyList<InputFault> faults)
    : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>Every fault found, in the order of the input.</summary>
    public IReadOnlyList<InputFault> Faults { get; } = faults;

    public InputException(string file, string path, string problem) : this([new InputFault(file, path, problem)])
    {
    }
}
