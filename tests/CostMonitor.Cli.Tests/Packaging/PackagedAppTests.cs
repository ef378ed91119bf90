using System.Diagnostics;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text.Json;
using CostMonitor.Cli.StandIn;
using CostMonitor.Cli.Tests.Infra;
using CostMonitor.Cli.Tests.StandIn;
using CostMonitor.Testing.Azurite;

namespace CostMonitor.Cli.Tests.Packaging;

/// <summary>What is deployed starts where it is deployed: with nothing but what Azure sets, as somebody who owns nothing, in a folder that cannot be written to.</summary>
[Collection(PackagedAppGroup.Name)]
public sealed class PackagedAppTests(PackagedApp packaged) : IDisposable
{
    private const string Nobody = "65534";

    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(3));

    [Fact]
    public void Package_OfThisRepository_HoldsTheAppAndNoSettingsOfAMachine()
    {
        using var zip = ZipFile.OpenRead(packaged.Package.Path);
        var names = zip.Entries.Select(e => e.FullName).ToHashSet();

        Assert.Superset(
            new HashSet<string> { "host.json", "costmonitor-app", "Api/function.json", "CanaryTimer/function.json", "samples/azure-models.json", "libcoreclr.so" }, names);
        Assert.Equal("costmonitor-app", packaged.Package.Starts);
        Assert.DoesNotContain(names, n => n.EndsWith("local.settings.json", StringComparison.Ordinal) || n.EndsWith("costmonitor-app.xml", StringComparison.Ordinal));
        Assert.InRange(packaged.Package.Bytes, 10_000_000, 80_000_000);
    }

    [Fact]
    public async Task Package_StartedAsAzureDoes_AnswersItsRootAndIsHealthy()
    {
        await using var azurite = await AzuriteServer.StartAsync(_patience.Token);
        var port = FreePort();
        var output = new OutputLines();
        using var app = Start(port, azurite.ConnectionString, output);
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };

            var root = await FirstAnswerAsync(http, app);
            using var answer = await http.GetAsync("api/health", _patience.Token);
            var health = JsonElement.Parse(await answer.Content.ReadAsStringAsync(_patience.Token));

            Assert.Equal("CostMonitor", root);
            Assert.Equal(("", "ok"), (string.Join(" ", health.GetProperty("problems").EnumerateArray()), health.GetProperty("status").GetString()));
            Assert.Equal(200, (int)answer.StatusCode);
        }
        finally
        {
            app.Kill(entireProcessTree: true);
            await app.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Package_UnderTheStandIn_RunsAsUpRunsIt()
    {
        await using var azurite = await AzuriteServer.StartAsync(_patience.Token);
        using var data = new TempFolder();
        await using var host = await FunctionsHost.StartAsync(
            new FunctionsHostOptions
            {
                AppFolder = packaged.Folder, DataFolder = data.Path, HttpPort = 0, StorageConnectionString = azurite.ConnectionString, Settings = Settings(),
            },
            _patience.Token);
        using var http = new HttpClient { BaseAddress = host.Address };

        Assert.IsType<InvocationOutcome.Succeeded>(await host.InvokeTimerAsync("MaintenanceTimer", _patience.Token));
        Assert.Contains("\"ok\"", await http.GetStringAsync("api/health", _patience.Token), StringComparison.Ordinal);
    }

    public void Dispose() => _patience.Dispose();

    /// <summary>The settings that main.bicep gives, with its parameters' defaults; those that are empty by default are not set.</summary>
    private static Dictionary<string, string> Settings()
    {
        var main = BicepFile.Read("main.bicep");
        var settings = new Dictionary<string, string>();
        foreach (var (name, value) in main.The("var", "settings").Value.Members)
        {
            // A parameter, or one of another type as a string; a choice between two is empty by default.
            var parameter = value.Tokens is [var one] ? one.Text : value.Tokens is [{ Text: "string" }, _, var inner, _] ? inner.Text : null;
            if (parameter is not null && main.The("param", parameter).Value.Literal is { Length: > 0 } set) settings[name] = set;
        }

        return settings;
    }

    private Process Start(int port, string storage, OutputLines output)
    {
        // Not even the user's name is inherited; setpriv gives up root, which a test may run as.
        var executable = Path.Combine(packaged.Folder, packaged.Package.Starts);
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", [$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", executable])
            : new ProcessStartInfo(executable);
        (start.WorkingDirectory, start.RedirectStandardOutput, start.RedirectStandardError) = (packaged.Folder, true, true);
        start.Environment.Clear();
        foreach (var (name, value) in Settings()) start.Environment[name] = value;
        start.Environment["AzureWebJobsStorage"] = storage;
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}";
        start.Environment["FUNCTIONS_APP_ROOT_PATH"] = packaged.Folder;
        var app = Process.Start(start) ?? throw new InvalidOperationException("The app did not start.");
        app.OutputDataReceived += (_, line) => output.Add(line.Data ?? "");
        app.ErrorDataReceived += (_, line) => output.Add(line.Data ?? "");
        app.BeginOutputReadLine();
        app.BeginErrorReadLine();
        return app;
    }

    private async Task<string> FirstAnswerAsync(HttpClient http, Process app)
    {
        while (!app.HasExited)
        {
            try
            {
                return await http.GetStringAsync("", _patience.Token);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(25), _patience.Token); // the host asks as often
            }
        }

        throw new InvalidOperationException($"The app ended with {app.ExitCode}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
