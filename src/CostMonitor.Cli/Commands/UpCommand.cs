using System.CommandLine;
using CostMonitor.Cli.Api;
using CostMonitor.Cli.Azurite;
using CostMonitor.Cli.Files;
using CostMonitor.Cli.Local;
using CostMonitor.Cli.Output;
using CostMonitor.Cli.Packaging;
using CostMonitor.Cli.StandIn;
using CostMonitor.Storage;

namespace CostMonitor.Cli.Commands;

/// <summary><c>costmon up</c>: the whole of CostMonitor on this machine, with a stand-in for the Functions host.</summary>
internal static class UpCommand
{
    private const string StorageSetting = "AzureWebJobsStorage";

    public static Command Create()
    {
        var app = new Option<string?>("--app") { Description = "A published app, or a package of 'costmon deploy package'; without it, this repository's app is published first." };
        var data = new Option<string>("--data") { Description = "Where storage and the state of timers are kept.", DefaultValueFactory = _ => ".costmon" };
        var port = new Option<int>("--port") { Description = "The port of the API; 0 for any free one.", DefaultValueFactory = _ => 7071 };
        var storagePort = new Option<int>("--storage-port") { Description = "The first of the three ports of storage.", DefaultValueFactory = _ => 10000 };
        var once = new Option<bool>("--once") { Description = "End after the sample canary and the sample batch, with their summary." };
        var verbose = new Option<bool>("--verbose") { Description = "Print every line of the app." };
        var json = new Option<bool>("--json") { Description = "The summary as JSON instead of a table." };
        var command = new Command("up", "Starts storage, simulated models and the app, and runs a sample.") { app, data, port, storagePort, once, verbose, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = Path.GetFullPath(parsed.GetRequiredValue(data));
            Directory.CreateDirectory(folder);
            Action<string> output = parsed.GetValue(verbose) ? Words.Say : SayFaults;
            var published = await AppFolderAsync(parsed.GetValue(app), folder, cancellationToken);
            var settings = AppSettings.Read(published);
            await using var azurite = await StorageAsync(settings, folder, parsed.GetValue(storagePort), output, cancellationToken);
            await using var simulator = await SimulatorAsync(settings, published, cancellationToken);
            await using var host = await FunctionsHost.StartAsync(
                new FunctionsHostOptions
                {
                    AppFolder = published,
                    StorageConnectionString = azurite?.ConnectionString,
                    HttpPort = parsed.GetValue(port),
                    DataFolder = folder,
                    Output = output,
                },
                cancellationToken);
            Words.Say($"app        ready, API on {host.Address}api");
            var firstRun = Path.Combine(folder, "sample-done");
            if (parsed.GetValue(once) || !File.Exists(firstRun))
            {
                await RunSampleAsync(host, published, parsed.GetValue(json), cancellationToken);
                await File.WriteAllTextAsync(firstRun, "", cancellationToken);
            }

            if (parsed.GetValue(once)) return ExitCodes.Fine;
            Words.Say("Press Ctrl-C to stop.");
            return await UntilStoppedAsync(host, cancellationToken);
        });
        return command;
    }

    private static async Task<string> AppFolderAsync(string? app, string data, CancellationToken cancellationToken)
    {
        if (app is not null) return File.Exists(app) ? Unpacked(app, data) : Path.GetFullPath(app);
        var repository = AppPublisher.FindRepository()
            ?? throw new InvalidOperationException("Neither --app nor a CostMonitor repository was found; give --app with a published app.");
        var folder = Path.Combine(data, "app");
        Words.Say("app        publishing ...");
        await AppPublisher.PublishAsync(repository, folder, AppBuild.ForThisMachine, cancellationToken);
        return folder;
    }

    private static string Unpacked(string package, string data)
    {
        var folder = Path.Combine(data, "package");
        Words.Say($"app        unpacking {package} ...");
        AppPackage.Unpack(package, folder);
        return folder;
    }

    /// <returns>Null when the settings name an account of their own.</returns>
    private static async Task<AzuriteProcess?> StorageAsync(
        IReadOnlyDictionary<string, string> settings, string data, int firstPort, Action<string> output, CancellationToken cancellationToken)
    {
        if (settings.GetValueOrDefault(StorageSetting) is { } own && own != "UseDevelopmentStorage=true")
        {
            var account = StorageAccount.FromConnectionString(own);
            Words.Say($"storage    as {StorageSetting} says, {account.TableEndpoint.Host}");
            return null;
        }

        var azurite = await AzuriteProcess.StartAsync(
            new AzuriteOptions { DataFolder = Path.Combine(data, "azurite"), FirstPort = firstPort, Output = output }, cancellationToken);
        Words.Say($"storage    ready, Azurite on ports {firstPort} to {firstPort + 2}");
        return azurite;
    }

    private static async Task<SimulatorServer?> SimulatorAsync(
        IReadOnlyDictionary<string, string> settings, string app, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(settings.GetValueOrDefault("SIMULATOR_ENDPOINT"), UriKind.Absolute, out var address) || !address.IsLoopback) return null;
        var server = await SimulatorServer.StartAsync(Path.Combine(app, "samples", "simulated-models.json"), address.Port, cancellationToken);
        Words.Say($"simulator  ready, OpenAI-compatible on {server.Address}v1/");
        return server;
    }

    private static async Task RunSampleAsync(FunctionsHost host, string app, bool asJson, CancellationToken cancellationToken)
    {
        using var client = new AppClient(host.Address, key: null);
        Words.Say("sample     running the canary, then a batch ...");
        var canary = await host.InvokeTimerAsync("CanaryTimer", cancellationToken);
        if (canary is InvocationOutcome.Failed failed) throw new InvalidOperationException($"The sample canary failed: {failed.Reason} Start again with --verbose to see the app's own words.");
        var batch = await client.PostAsync("/api/batches", InputFiles.Text(Path.Combine(app, "samples", "batch.json")), "application/json", cancellationToken);
        while (batch.GetProperty("state").GetString() is "queued" or "running")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            batch = await client.GetAsync($"/api/batches/{batch.GetProperty("batch")}", cancellationToken);
        }

        SummaryTable.Write(await client.GetAsync("/api/summary?by=model", cancellationToken), asJson);
        Words.Say($"sample     done; the same as JSON: {host.Address}api/summary?by=model");
    }

    private static async Task<int> UntilStoppedAsync(FunctionsHost host, CancellationToken cancellationToken)
    {
        try
        {
            await host.AppEnded.WaitAsync(cancellationToken);
            return ExitCodes.CouldNot;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Fine;
        }
    }

    /// <summary>Without --verbose only what went wrong is shown.</summary>
    private static void SayFaults(string line)
    {
        string[] signs = ["fail:", "crit:", "not triggered any more", "is down", "exit code"];
        if (signs.Any(sign => line.Contains(sign, StringComparison.Ordinal)) && !line.Contains("host is stopping", StringComparison.Ordinal)) Words.Say(line);
    }
}
