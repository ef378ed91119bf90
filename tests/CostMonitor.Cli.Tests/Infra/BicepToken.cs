namespace CostMonitor.Cli.Tests.Infra;

/// <summary>A word of a Bicep file.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a string what stands between the quotes, with <c>${...}</c> for each expression in it.</param>
/// <param name="Line">Its line, from 1.</param>
internal sealed record BicepToken(BicepTokenKind Kind, string Text, int Line)
{
    /// <summary>The words of the expressions in a string.</summary>
    public IReadOnlyList<BicepToken> Inner { get; init; } = [];

    public bool Is(string symbol) => Kind == BicepTokenKind.Symbol && Text == symbol;
}
