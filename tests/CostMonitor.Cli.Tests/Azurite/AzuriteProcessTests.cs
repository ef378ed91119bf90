using System.Net;
using System.Net.Sockets;
using CostMonitor.Cli.Azurite;
using CostMonitor.Storage;

namespace CostMonitor.Cli.Tests.Azurite;

public sealed class AzuriteProcessTests
{
    [Fact]
    public async Task Dispose_GivenADataFolder_KeepsWhatWasAcknowledged()
    {
        var data = Directory.CreateTempSubdirectory("costmon-azurite-").FullName;
        var options = new AzuriteOptions { DataFolder = data, FirstPort = FreePorts() };
        await using (var azurite = await AzuriteProcess.StartAsync(options, CancellationToken.None))
        {
            var queue = StorageAccount.FromConnectionString(azurite.ConnectionString).Queue("jobs");
            await queue.CreateIfNotExistsAsync(CancellationToken.None);
            await queue.SendMessageAsync("kept", TimeSpan.Zero, CancellationToken.None);
        }

        await using (var azurite = await AzuriteProcess.StartAsync(options, CancellationToken.None))
        {
            var queue = StorageAccount.FromConnectionString(azurite.ConnectionString).Queue("jobs");
            Assert.Equal("kept", Assert.Single(await queue.PeekMessagesAsync(1, CancellationToken.None)).Text);
        }
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Start_GivenATakenPort_NamesThePortAndTheSetting()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;

        var failure = await Assert.ThrowsAsync<AzuriteException>(
            () => AzuriteProcess.StartAsync(new AzuriteOptions { FirstPort = port }, CancellationToken.None));

        Assert.StartsWith($"Port {port} of 127.0.0.1 is taken", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--storage-port", failure.Message, StringComparison.Ordinal);
    }

    // Three in a row: the first of a free three that the system hands out near each other.
    private static int FreePorts()
    {
        while (true)
        {
            using var first = new TcpListener(IPAddress.Loopback, 0);
            first.Start();
            var port = ((IPEndPoint)first.LocalEndpoint).Port;
            try
            {
                using var second = new TcpListener(IPAddress.Loopback, port + 1);
                using var third = new TcpListener(IPAddress.Loopback, port + 2);
                second.Start();
                third.Start();
                return port;
            }
            catch (SocketException)
            {
                // taken: ask for another first one
            }
        }
    }
}
