using System.CommandLine;
using CostMonitor.Providers.Calling;

namespace CostMonitor.Cli.Commands;

/// <summary>The option that names the models' file.</summary>
internal static class ModelsFiles
{
    public static Option<string> Option() => new("--models")
    {
        Description = "The models' file; keys come from the environment variables that it names.",
        DefaultValueFactory = _ => "samples/simulated-models.json",
    };

    public static ModelClients Read(string? path, TimeProvider time) =>
        ModelClients.Read(path ?? "samples/simulated-models.json", Environment.GetEnvironmentVariable, time);
}
