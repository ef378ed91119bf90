using System.Globalization;

namespace CostMonitor.Cli.StandIn;

/// <summary>The environment variables that the host gives to the app.</summary>
internal static class AppEnvironment
{
    /// <summary>Adds the app settings, then what the host says of itself, which wins.</summary>
    public static void Add(
        IDictionary<string, string?> environment, IReadOnlyDictionary<string, string> settings, string folder, int port, string workerId)
    {
        foreach (var (name, value) in settings) environment[name] = value;
        var portText = port.ToString(CultureInfo.InvariantCulture);
        environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = portText;
        environment["FUNCTIONS_HTTPWORKER_PORT"] = portText;
        environment["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = workerId;
        environment["FUNCTIONS_HTTPWORKER_ID"] = workerId;
        environment["FUNCTIONS_APP_ROOT_PATH"] = folder;
        environment["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development";
    }
}
