namespace CostMonitor.Cli.Tests.Infra;

internal enum BicepTokenKind
{
    Name,
    Text,
    Number,
    Symbol,
    LineEnd,
}
