namespace CostMonitor.Core.Input;

/// <summary>One thing that is wrong with an input: where it stands and what was expected there.</summary>
/// <param name="File">Name of the file or message that holds it.</param>
/// <param name="Path">JSON path (<c>$.models[2]</c>) or line (<c>line 7</c>) inside the file.</param>
/// <param name="Problem">What was got and what was expected, as one sentence.</param>
public sealed record InputFault(string File, string Path, string Problem)
{
    public override string ToString() => Path.Length == 0 ? $"{File}: {Problem}" : $"{File} {Path}: {Problem}";
}
