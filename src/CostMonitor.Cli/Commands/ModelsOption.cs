using System.CommandLine;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;

namespace CostMonitor.Cli.Commands;

/// <summary>The option that names the models' file.</summary>
internal static class ModelsOption
{
    private const string Default = "samples/simulated-models.json";

    public static Option<string> Create() => new("--models")
    {
        Description = "The models' file; keys come from the environment variables that it names.",
        DefaultValueFactory = _ => Default,
    };

    public static ModelClients Read(string? path, TimeProvider time, ChainParts? parts = null) =>
        ModelsFile.Read(path ?? Default, Environment.GetEnvironmentVariable, time, parts: parts);
}
