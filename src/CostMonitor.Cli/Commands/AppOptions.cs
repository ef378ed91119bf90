using System.CommandLine;
using CostMonitor.Cli.Api;

namespace CostMonitor.Cli.Commands;

/// <summary>The options of every command that calls an app.</summary>
internal sealed class AppOptions
{
    private readonly Option<Uri> _app = new("--app") { Description = "Address of the app.", DefaultValueFactory = _ => new Uri("http://127.0.0.1:7071") };

    private readonly Option<string?> _key = new("--key-setting")
    {
        Description = "Name of the environment variable that holds the app's function key; a local app needs none.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_app);
        command.Options.Add(_key);
    }

    public AppClient Client(ParseResult parsed)
    {
        var key = parsed.GetValue(_key) is { } name
            ? Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"The environment variable {name} is not set.")
            : null;
        return new AppClient(parsed.GetRequiredValue(_app), key);
    }
}
