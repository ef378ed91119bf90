using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using CostMonitor.Testing.Azurite;

namespace CostMonitor.Bench;

/// <summary>How soon the published app answers, and what memory it holds.</summary>
internal static class StartBench
{
    public static async Task RunAsync(string app)
    {
        await using var azurite = await AzuriteServer.StartAsync(CancellationToken.None);
        var (starts, healthy, memory) = (new List<double>(), new List<double>(), new List<double>());
        using var http = new HttpClient();
        for (var i = 0; i < 11; i++)
        {
            using var socket = new TcpListener(System.Net.IPAddress.Loopback, 0);
            socket.Start();
            var port = ((System.Net.IPEndPoint)socket.LocalEndpoint).Port;
            socket.Stop();
            var start = new ProcessStartInfo(Path.Combine(app, "costmonitor-app")) { WorkingDirectory = app, RedirectStandardOutput = true };
            start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = port.ToString(CultureInfo.InvariantCulture);
            start.Environment["AzureWebJobsStorage"] = azurite.ConnectionString;
            start.Environment["CanarySchedule"] = "0 0 * * * *";
            start.Environment["SIMULATOR_ENDPOINT"] = "http://127.0.0.1:9/v1/";
            var begun = Stopwatch.GetTimestamp();
            using var process = Process.Start(start) ?? throw new InvalidOperationException("The app did not start.");
            await AnswerAsync(http, $"http://127.0.0.1:{port}/");
            var first = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            await AnswerAsync(http, $"http://127.0.0.1:{port}/api/health");
            var wired = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            process.Refresh();
            if (i > 0) // the first start reads the disk
            {
                starts.Add(first);
                healthy.Add(wired);
                memory.Add(process.WorkingSet64 / 1e6);
            }

            process.Kill();
            await process.WaitForExitAsync();
        }

        Console.WriteLine();
        Figures.Print($"(d) Published app, medians of {starts.Count} starts after one: first 200 after {Figures.Median(starts):0} ms, healthy with storage, models and plan read after {Figures.Median(healthy):0} ms, resident {Figures.Median(memory):0} MB then.");
    }

    private static async Task AnswerAsync(HttpClient http, string address)
    {
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(address);
                if (response.IsSuccessStatusCode) return;
                throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
            }
            catch (HttpRequestException)
            {
                await Task.Delay(2);
            }
        }
    }
}
