using System.CommandLine;
using System.CommandLine.Parsing;
using CostMonitor.Cli.Api;

namespace CostMonitor.Cli.Commands;

/// <summary>The options of every command that calls an app.</summary>
internal sealed class AppOptions
{
    private readonly Option<Uri> _app = new("--app")
    {
        Description = "Address of the app.", DefaultValueFactory = _ => new Uri("http://127.0.0.1:7071"), CustomParser = Address,
    };

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

    private static Uri? Address(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
        result.AddError($"Expected an address as https://my-app.azurewebsites.net, got '{text}'.");
        return null;
    }
}
