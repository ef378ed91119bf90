namespace CostMonitor.Core.Pricing.Import;

/// <summary>Where imported prices come from.</summary>
/// <param name="Citation">What rows keep as their source: the project, then the file and its commit or date, after a comma.</param>
/// <param name="Day">The first day (UTC) of a price for which the source states none.</param>
/// <param name="Checked">The day (UTC) on which the source was read.</param>
public sealed record ImportSource(string Citation, DateOnly Day, DateOnly Checked)
{
    /// <summary>The project that a citation names: all before its first comma.</summary>
    public static string ProjectOf(string citation) => citation.Split(',')[0];
}
