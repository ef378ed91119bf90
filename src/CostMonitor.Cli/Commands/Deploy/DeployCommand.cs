using System.CommandLine;

namespace CostMonitor.Cli.Commands.Deploy;

/// <summary><c>costmon deploy</c>: what a deployment needs from this repository.</summary>
internal static class DeployCommand
{
    public static Command Create() => new("deploy", "Prepares a deployment to Azure.") { DeployPackageCommand.Create() };
}
