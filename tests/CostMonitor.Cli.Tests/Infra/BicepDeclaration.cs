namespace CostMonitor.Cli.Tests.Infra;

/// <summary>One statement of a Bicep file.</summary>
/// <param name="Keyword">param, var, resource, module, output, using or targetScope.</param>
/// <param name="Name">What it declares; of <c>using</c> the file.</param>
/// <param name="Type">Of a parameter or output its type, of a resource <c>type@version</c>, of a module its path; empty if none is said.</param>
/// <param name="Value">What stands behind the equals sign; empty for a parameter without default.</param>
/// <param name="Decorators">What stands above it, by name.</param>
/// <param name="Line">Its line, from 1.</param>
internal sealed record BicepDeclaration(
    string Keyword, string Name, string Type, BicepExpression Value, IReadOnlyDictionary<string, BicepExpression> Decorators, int Line)
{
    /// <summary>Whether a resource is only referred to.</summary>
    public bool IsExisting { get; init; }

    public bool HasDefault => Value.Tokens.Count > 0;
}
