using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CostMonitor.Testing.Azurite;

namespace CostMonitor.Cli.Tests.Commands;

public sealed class DoctorCommandTests : IDisposable
{
    private const string Key = "c2VjcmV0LWtleS10aGF0LW5vYm9keS1zZWVz";

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Doctor_GivenAWorkingSetUp_FindsNothingToMend()
    {
        await using var azurite = await AzuriteServer.StartAsync(CancellationToken.None);
        WriteSetUp(("AzureWebJobsStorage", azurite.ConnectionString));

        var result = await Costmon.RunAsync("doctor", "--app", _folder.Path, "--json");

        var checks = JsonElement.Parse(result.Output).GetProperty("checks").EnumerateArray().Where(c => c.GetProperty("check").GetString() != "ports")
            .Select(c => $"{c.GetProperty("check")} {c.GetProperty("outcome")}");
        Assert.Equal(
            [
                ".NET fine", "node fine", "npm fine", "settings file fine", "settings fine", "models remark", "prices fine", "plan fine", "budgets fine", "alert rules fine", "alert sinks fine",
                "secrets fine", "storage fine", "clock fine", "storage round trip fine",
            ],
            checks);
        Assert.Equal((0, ""), (result.ExitCode, result.Words));
    }

    [Fact]
    public async Task Doctor_GivenFaults_SaysHowToMendEachWithoutASecret()
    {
        WriteSetUp(
            ("AzureWebJobsStorage", $"AccountName=acct;AccountKey={Key};TableEndpoint=http://127.0.0.1:{FreePort()}/acct;QueueEndpoint=http://127.0.0.1:{FreePort()}/acct"),
            ("ModelsFile", "no-such-models.json"), ("OPENAI_API_KEY", $"@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/{Key})"));

        var result = await Costmon.RunAsync("doctor", "--app", _folder.Path, "--json");

        var failed = JsonElement.Parse(result.Output).GetProperty("checks").EnumerateArray().Where(c => c.GetProperty("outcome").GetString() == "failed").ToArray();
        Assert.Equal(["models", "secrets", "storage"], failed.Select(c => c.GetProperty("check").GetString()));
        Assert.Equal("setting OPENAI_API_KEY", failed[1].GetProperty("problems")[0].GetProperty("where").GetString());
        Assert.StartsWith("Start Azurite", failed[2].GetProperty("problems")[0].GetProperty("mend").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain(Key, result.Output + result.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_GivenATakenPort_RemarksOnItInTheTable()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        WriteSetUp(("AzureWebJobsStorage", "UseDevelopmentStorage=true"));

        var result = await Costmon.RunAsync("doctor", "--app", _folder.Path, "--port", $"{port}");

        Assert.Contains(result.Output.Split('\n'), line => line.Contains("│ ports ", StringComparison.Ordinal) && line.Contains("│ remark ", StringComparison.Ordinal) && line.Contains($"{port}", StringComparison.Ordinal));
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Doctor_GivenNoSuchFolder_CannotDoItsWork()
    {
        var result = await Costmon.RunAsync("doctor", "--app", _folder.Of("nowhere"));

        Assert.Equal((2, "", $"There is no folder {_folder.Of("nowhere")}."), (result.ExitCode, result.Output, result.Words.Trim()));
    }

    public void Dispose() => _folder.Dispose();

    private void WriteSetUp(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string> { ["CanarySchedule"] = "0 0 * * * *", ["CanaryPlan"] = "canary.json", ["ModelsFile"] = "models.json" };
        foreach (var (name, value) in settings) all[name] = value;
        _folder.Write("local.settings.json", $$"""{"Values": { {{string.Join(',', all.Select(s => $"\"{s.Key}\":\"{s.Value}\""))}} } }""");
        _folder.Write("models.json", """
            { "capabilities": { "chat": { "maxTokensParameter": "max_tokens" } },
              "models": [
                { "model": "sim:small-latest", "api": "simulated", "simulated": {} },
                { "model": "openai:gpt-4.1-mini", "api": "openai", "endpoint": "https://api.openai.com/v1/", "keySetting": "NO_SUCH_KEY_IS_SET", "capabilities": "chat" } ] }
            """);
        _folder.Write("canary.json", """{ "name": "little", "seed": 1, "models": ["sim:small-latest"], "prompts": ["Name a colour."] }""");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
