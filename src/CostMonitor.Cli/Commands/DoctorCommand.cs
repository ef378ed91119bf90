using System.CommandLine;
using CostMonitor.Cli.Doctor;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Checks;
using CostMonitor.Functions.Checks;

namespace CostMonitor.Cli.Commands;

/// <summary><c>costmon doctor</c>: the checks of the app's health, made on this machine before anything runs.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var app = new Option<string?>("--app") { Description = "The app's folder with its settings file; without it, what 'costmon up' published, or this repository." };
        var port = new Option<int>("--port") { Description = "The port of the API.", DefaultValueFactory = _ => 7071 };
        var storagePort = new Option<int>("--storage-port") { Description = "The first of the three ports of storage.", DefaultValueFactory = _ => 10000 };
        var json = new Option<bool>("--json") { Description = "JSON instead of a table." };
        var command = new Command("doctor", "Looks at this machine, the settings, every file that they name, storage and clock, and says how to mend what is wrong; exit code 1 when something is.") { app, port, storagePort, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = DoctorSettings.Read(parsed.GetValue(app));
            var first = parsed.GetValue(storagePort);
            var checks = await CheckAsync(settings, [parsed.GetValue(port), SimulatorPort(settings), first, first + 1, first + 2], cancellationToken);
            CheckTable.Write(checks, parsed.GetValue(json));
            return checks.Any(static c => c.Outcome == CheckOutcome.Failed) ? ExitCodes.CheckFailed : ExitCodes.Fine;
        });
        return command;
    }

    private static async Task<IReadOnlyList<Check>> CheckAsync(DoctorSettings settings, IEnumerable<int> ports, CancellationToken cancellationToken)
    {
        var setting = SecretReferences.Without(settings.Of);
        var setup = new SetupChecks(setting, SecretReferences.Problems(settings.Names, settings.Of), TimeProvider.System);
        var platform = StorageChecks.WithoutEmulator(setting, await setup.OfPlatformAsync(cancellationToken));
        return
        [
            MachineChecks.Runtime(),
            await MachineChecks.NodeAsync(cancellationToken),
            await MachineChecks.NpmAsync(cancellationToken),
            MachineChecks.Ports(ports.Where(static p => p > 0)),
            settings.File is { } file ? Check.Fine("settings file", Path.Combine(settings.Folder, file)) : Check.Remark("settings file", $"none in {settings.Folder}; the environment alone is looked at"),
            .. setup.OfFiles(),
            .. platform,
            await StorageChecks.RoundTripAsync(setting, platform, TimeProvider.System, cancellationToken),
        ];
    }

    /// <summary>0 where no simulated models are served on this machine.</summary>
    private static int SimulatorPort(DoctorSettings settings) =>
        Uri.TryCreate(settings.Of("SIMULATOR_ENDPOINT"), UriKind.Absolute, out var address) && address.IsLoopback ? address.Port : 0;
}
