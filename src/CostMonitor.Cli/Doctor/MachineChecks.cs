using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using CostMonitor.Core.Checks;

namespace CostMonitor.Cli.Doctor;

/// <summary>Looks at what the machine must have for <c>costmon up</c>.</summary>
internal static class MachineChecks
{
    private const int LeastNode = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Check Runtime() => Check.Fine(".NET", RuntimeInformation.FrameworkDescription);

    /// <summary>Node.js runs Azurite.</summary>
    public static async Task<Check> NodeAsync(CancellationToken cancellationToken)
    {
        var version = await VersionAsync("node", cancellationToken);
        if (version is null) return Missing("node");
        return int.TryParse(version.TrimStart('v').Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major < LeastNode
            ? Check.Failed("node", new Problem("node", $"It is {version}, and Azurite needs {LeastNode} or newer.", $"Install Node.js {LeastNode} or newer."))
            : Check.Fine("node", version);
    }

    /// <summary>npm installs Azurite.</summary>
    public static async Task<Check> NpmAsync(CancellationToken cancellationToken) =>
        await VersionAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", cancellationToken) is { } version ? Check.Fine("npm", version) : Missing("npm");

    /// <summary>Whether the ports of <c>costmon up</c> are free. Taken ones are no fault: a running <c>costmon up</c> takes them.</summary>
    public static Check Ports(IEnumerable<int> ports)
    {
        var all = ports.Distinct().ToArray();
        var taken = string.Join(", ", all.Where(IsTaken));
        return taken.Length == 0
            ? Check.Fine("ports", $"{string.Join(", ", all)} of 127.0.0.1 are free")
            : Check.Remark("ports", $"{taken} of 127.0.0.1 taken", new Problem("ports", "A running 'costmon up' takes them, or something that stands in its way.", "For other ports see --port and --storage-port of 'costmon up', and SIMULATOR_ENDPOINT."));
    }

    private static Check Missing(string program) => Check.Failed(program, new Problem(program, "It is not on the PATH or does not run.", $"Install Node.js {LeastNode} or newer, which brings npm; or name a storage account in AzureWebJobsStorage and do without Azurite."));

    private static async Task<string?> VersionAsync(string program, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true, RedirectStandardError = true });
            if (process is null) return null;
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0 ? output.Trim() : null;
        }
        catch (Exception e) when (e is Win32Exception or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static bool IsTaken(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
