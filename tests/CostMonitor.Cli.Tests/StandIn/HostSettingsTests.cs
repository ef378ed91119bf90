using CostMonitor.Cli.StandIn;

namespace CostMonitor.Cli.Tests.StandIn;

public sealed class HostSettingsTests
{
    private static readonly Dictionary<string, string> Storage = new(StringComparer.OrdinalIgnoreCase)
    {
        ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        ["Schedule"] = "0 0 * * * *",
    };

    [Fact]
    public void Load_GivenDefaults_TakesThoseOfTheHost()
    {
        using var folder = new AppFolder();

        var host = HostSettings.Load(folder.Path, Storage);

        Assert.Equal(TimeSpan.FromSeconds(30), host.InitializationTimeout);
        Assert.Equal(TimeSpan.FromMinutes(5), host.FunctionTimeout);
        Assert.Equal(new QueueSettings { BatchSize = 16, MaxDequeueCount = 5, MaxPollingInterval = TimeSpan.FromMinutes(1) }, host.Queues);
    }

    [Fact]
    public void Load_GivenFunctions_ReadsEachTrigger()
    {
        using var folder = new AppFolder(queues: """{ "batchSize": 4 }""")
            .WithTimer("ATimer", "%Schedule%", """, "runOnStartup": true, "useMonitor": false""")
            .WithQueue("BQueue", "jobs").WithHttp("CHttp", "{*path}", """, "methods": ["get"]""")
            .WithFunction("Off", """{ "disabled": true }""").WithQueue("OffBySetting", "jobs");
        var settings = new Dictionary<string, string>(Storage)
        {
            ["AzureWebJobs.OffBySetting.Disabled"] = "true",
            ["AzureFunctionsJobHost__extensions__queues__batchSize"] = "2",
            ["AzureFunctionsJobHost__extensions__http__routePrefix"] = "v1",
        };

        var host = HostSettings.Load(folder.Path, settings);

        Assert.Collection(host.Functions,
            f => Assert.True(f is FunctionDefinition.Timer { Name: "ATimer", RunOnStartup: true, UseMonitor: false }),
            f => Assert.Equal(new FunctionDefinition.Queue("BQueue", "job", "jobs", "UseDevelopmentStorage=true"), f),
            f => Assert.True(f is FunctionDefinition.Http { Route: "v1/{*path}", Methods: ["GET"] }));
        Assert.Equal((2, Environment.ProcessorCount), (host.Queues.BatchSize, host.Queues.NewBatchThreshold));
    }

    [Fact]
    public void Load_GivenManyFaults_ReportsThemAllWithFileAndPath()
    {
        using var folder = new AppFolder()
            .WithTimer("ATimer", "%Nowhere%").WithTimer("BTimer", "often").WithQueue("CQueue", "Bad_Name")
            .WithFunction("DTwo", """{ "bindings": [] }""").WithFunction("EBroken", "{");
        folder.WriteFile("host.json", """
            { "version": "3.0", "functionTimeout": "soon",
              "extensions": { "queues": { "batchSize": 33, "maxDequeueCount": "0", "messageEncoding": "none" } },
              "customHandler": { "description": { "arguments": [1] }, "initializationTimeout": 5.5 } }
            """);

        var faults = Assert.Throws<SettingsException>(() => HostSettings.Load(folder.Path, Storage)).Faults;

        Assert.Equal(
            [
                "host.json $.customHandler.description.arguments",
                "host.json $.customHandler.description.defaultExecutablePath",
                "host.json $.customHandler.initializationTimeout",
                "host.json $.extensions.queues.batchSize",
                "host.json $.extensions.queues.maxDequeueCount",
                "host.json $.extensions.queues.messageEncoding",
                "host.json $.functionTimeout",
                "host.json $.version",
                "ATimer/function.json $.bindings[0].schedule",
                "BTimer/function.json $.bindings[0].schedule",
                "CQueue/function.json $.bindings[0].queueName",
                "DTwo/function.json $.bindings",
                "EBroken/function.json $",
            ],
            faults.OrderBy(f => f.File != "host.json").ThenBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Path, StringComparer.Ordinal)
                .Select(f => $"{f.File} {f.Path}"));
        Assert.Contains(faults, f => f.Problem == "expected a whole number from 1 to 32; got 33");
        Assert.Contains(faults, f => f.Problem == "there is no app setting Nowhere");
    }

    [Fact]
    public void Load_GivenHttpWithoutProxying_SaysThatItIsNeeded()
    {
        using var folder = new AppFolder().WithHttp("Api", "{*path}");
        folder.WriteFile("host.json", """{ "version": "2.0", "customHandler": { "description": { "defaultExecutablePath": "dotnet" } } }""");

        var faults = Assert.Throws<SettingsException>(() => HostSettings.Load(folder.Path, Storage)).Faults;

        Assert.Equal("$.customHandler.enableProxyingHttpRequest", Assert.Single(faults).Path);
    }

    [Theory]
    [InlineData("local.settings.json")]
    [InlineData("local.settings.sample.json")]
    public void Read_GivenLocalSettings_TakesValues(string file)
    {
        using var folder = new AppFolder();
        folder.WriteFile(file, """{ "IsEncrypted": false, /* a comment */ "Values": { "A": "1", "B": "2", }, }""");

        Assert.Equal(new Dictionary<string, string> { ["A"] = "1", ["B"] = "2" }, AppSettings.Read(folder.Path));
    }

    [Fact]
    public void Read_GivenANumber_SaysThatValuesAreStrings()
    {
        using var folder = new AppFolder();
        folder.WriteFile("local.settings.json", """{ "Values": { "A": 1 } }""");

        var fault = Assert.Single(Assert.Throws<SettingsException>(() => AppSettings.Read(folder.Path)).Faults);

        Assert.Equal(new SettingsFault("local.settings.json", "$.Values.A", "expected a string; got 1"), fault);
    }
}
