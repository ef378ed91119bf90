namespace CostMonitor.Cli.Tests.StandIn;

/// <summary>A script root in a folder of its own, which is gone when disposed.</summary>
internal sealed class AppFolder : IDisposable
{
    private static readonly string Handler = System.IO.Path.Combine(AppContext.BaseDirectory, "CostMonitor.TestHandler");

    public AppFolder(string handlerSettings = "", string queues = "{}", string functionTimeout = "00:05:00") => WriteFile("host.json", $$"""
        {
          "version": "2.0",
          "functionTimeout": "{{functionTimeout}}",
          "extensions": { "queues": {{queues}} },
          "customHandler": {
            "description": { "defaultExecutablePath": "{{Handler}}" },
            "enableProxyingHttpRequest": true{{handlerSettings}}
          }
        }
        """);

    public string Path { get; } = Directory.CreateTempSubdirectory("costmon-standin-").FullName;

    public AppFolder WithTimer(string name, string schedule = "0 0 0 1 1 *", string more = "") => WithFunction(name,
        $$"""{ "bindings": [ { "type": "timerTrigger", "direction": "in", "name": "timer", "schedule": "{{schedule}}"{{more}} } ] }""");

    public AppFolder WithQueue(string name, string queue) => WithFunction(name,
        $$"""{ "bindings": [ { "type": "queueTrigger", "direction": "in", "name": "job", "queueName": "{{queue}}", "connection": "AzureWebJobsStorage" } ] }""");

    public AppFolder WithHttp(string name, string route, string methods = "") => WithFunction(name, $$"""
        { "bindings": [ { "type": "httpTrigger", "direction": "in", "name": "req", "route": "{{route}}"{{methods}} },
                        { "type": "http", "direction": "out", "name": "res" } ] }
        """);

    public AppFolder WithFunction(string name, string json)
    {
        WriteFile(System.IO.Path.Combine(name, "function.json"), json);
        return this;
    }

    public void WriteFile(string file, string text)
    {
        var path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path) ?? Path);
        File.WriteAllText(path, text);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
