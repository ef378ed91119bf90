using System.Diagnostics;
using CostMonitor.Cli.StandIn;
using CostMonitor.Testing.Azurite;

namespace CostMonitor.Bench;

/// <summary>What the app asks of storage when nobody asks anything of it: one maintenance, one canary.</summary>
internal static class IdleBench
{
    private const int Rounds = 3;
    private const int Invocations = 10;

    public static async Task RunAsync(string app)
    {
        Console.WriteLine();
        Console.WriteLine("Idle: transactions of storage, by the emulator's own log; the host's polling of queues is switched off.");
        await using var azurite = await AzuriteServer.StartAsync(CancellationToken.None);
        var data = Directory.CreateTempSubdirectory("costmonitor-bench-");
        await using var host = await FunctionsHost.StartAsync(
            new FunctionsHostOptions
            {
                AppFolder = app,
                DataFolder = data.FullName,
                HttpPort = 0,
                StorageConnectionString = azurite.ConnectionString,
                Settings = new Dictionary<string, string>
                {
                    ["ModelsFile"] = "samples/azure-models.json", ["CanarySchedule"] = "0 0 0 1 1 *",
                    ["AzureWebJobs.BatchQueue.Disabled"] = "true", ["AzureWebJobs.BatchPoison.Disabled"] = "true", ["AzureWebJobs.AlertQueue.Disabled"] = "true",
                },
            },
            CancellationToken.None);
        var start = await CountAsync(azurite, () => InvokeAsync(host, "MaintenanceTimer"));
        var empty = await LeastAsync(azurite, () => InvokeAsync(host, "MaintenanceTimer"));
        var started = Stopwatch.GetTimestamp();
        var canary = await CountAsync(azurite, () => InvokeAsync(host, "CanaryTimer"));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var after = await LeastAsync(azurite, () => InvokeAsync(host, "MaintenanceTimer"));
        using var http = new HttpClient { BaseAddress = host.Address };
        var health = await LeastAsync(azurite, () => http.GetStringAsync("api/health"));
        Figures.Print($"a process's start with its first maintenance {start}");
        Figures.Print($"maintenance, nothing recorded yet {empty:0.0}");
        Figures.Print($"one canary of samples/canary.json {canary}, in {seconds:0} s");
        Figures.Print($"maintenance after it {after:0.0}");
        Figures.Print($"GET /api/health {health:0.0}");
        data.Delete(recursive: true);
    }

    /// <summary>The least of three means: the app's own timer may fire within one.</summary>
    private static async Task<double> LeastAsync(AzuriteServer azurite, Func<Task> invoke)
    {
        var means = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            means.Add(await CountAsync(azurite, async () =>
            {
                for (var i = 0; i < Invocations; i++) await invoke();
            }) / (double)Invocations);
        }

        return means.Min();
    }

    private static async Task<long> CountAsync(AzuriteServer azurite, Func<Task> work)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(300)); // the log follows the answers
        var before = azurite.RequestsServed;
        await work();
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        return azurite.RequestsServed - before;
    }

    private static async Task InvokeAsync(FunctionsHost host, string timer)
    {
        if (await host.InvokeTimerAsync(timer, CancellationToken.None) is InvocationOutcome.Failed failed) throw new InvalidOperationException($"{timer} failed: {failed.Reason}");
    }
}
