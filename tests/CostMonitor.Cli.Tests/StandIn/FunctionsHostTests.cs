using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using CostMonitor.Cli.StandIn;

namespace CostMonitor.Cli.Tests.StandIn;

public sealed class FunctionsHostTests : IDisposable
{
    private readonly OutputLines _output = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(60));

    [Fact]
    public async Task Start_GivenAnApp_PassesTheHostsEnvironment()
    {
        using var folder = new AppFolder().WithHttp("Api", "{*path}");
        await using var host = await StartAsync(folder, settings: new() { ["MY_SETTING"] = "mine" });

        Task<string> OfAsync(string name) => _client.GetStringAsync(new Uri(host.Address, $"api/environment/{name}"));

        Assert.Equal("mine", await OfAsync("MY_SETTING"));
        Assert.Equal("Development", await OfAsync("AZURE_FUNCTIONS_ENVIRONMENT"));
        Assert.Equal(folder.Path, await OfAsync("FUNCTIONS_APP_ROOT_PATH"));
        Assert.Equal(await OfAsync("FUNCTIONS_CUSTOMHANDLER_PORT"), await OfAsync("FUNCTIONS_HTTPWORKER_PORT"));
        Assert.NotEqual("(none)", await OfAsync("FUNCTIONS_CUSTOMHANDLER_WORKER_ID"));
    }

    [Fact]
    public async Task Forward_GivenARequest_KeepsMethodTargetHeadersAndBody()
    {
        using var folder = new AppFolder().WithHttp("Api", "{*path}");
        await using var host = await StartAsync(folder);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "api/echo/a%20b?q=1&q=%C3%A4"));
        request.Headers.Add("X-Mine", ["one", "two"]);
        request.Headers.Add("X-Forwarded-For", "10.0.0.1");
        request.Headers.TransferEncodingChunked = true;
        request.Content = new StringContent("Grüße", Encoding.UTF8, "text/plain");

        using var answer = await _client.SendAsync(request);

        Assert.Equal(207, (int)answer.StatusCode);
        Assert.Equal("Grüße", await answer.Content.ReadAsStringAsync());
        string Echo(string name) => string.Join(", ", answer.Headers.GetValues("Echo-" + name));
        Assert.Equal("/api/echo/a%20b?q=1&q=%C3%A4", Echo("Target"));
        Assert.Equal("one, two", Echo("X-Mine"));
        Assert.Equal("text/plain; charset=utf-8", Echo("Content-Type"));
        Assert.Equal("127.0.0.1", Echo("X-Forwarded-For"));
        Assert.Equal(host.Address.Authority, Echo("X-Forwarded-Host"));
        Assert.NotEqual(host.Address.Authority, Echo("Host"));
        Assert.Equal(Echo("x-ms-invocation-id"), Echo("X-Azure-Functions-InvocationId"));
    }

    [Theory]
    [InlineData("evil.test", null, false)] // a name of the attacker's own that leads to 127.0.0.1
    [InlineData("127.0.0.1", "https://evil.test", false)] // a page that posts here
    [InlineData("127.0.0.1", "null", false)] // the same from a sandboxed frame
    [InlineData("localhost", null, true)]
    [InlineData("[::1]", "http://127.0.0.1:7071", true)]
    public async Task Forward_GivenAHostAndAnOrigin_TakesThoseOfThisMachineAlone(string name, string? origin, bool isTaken)
    {
        using var folder = new AppFolder().WithHttp("Api", "{*path}");
        await using var host = await StartAsync(folder);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "api/echo")) { Content = new StringContent("x") };
        request.Headers.Host = $"{name}:{host.Address.Port}";
        if (origin is not null) request.Headers.Add("Origin", origin);

        using var answer = await _client.SendAsync(request);

        Assert.Equal(isTaken ? 207 : 403, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Forward_GivenAnAnswerInParts_StreamsEachAtOnce()
    {
        using var folder = new AppFolder().WithHttp("Api", "{*path}");
        await using var host = await StartAsync(folder);

        using var answer = await _client.GetAsync(new Uri(host.Address, "api/half"), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var first = new byte[5];
        await body.ReadExactlyAsync(first, _patience.Token); // the app still holds the second part back
        await _client.PostAsync(new Uri(host.Address, "api/open"), null);
        using var rest = new StreamReader(body);

        Assert.Equal(("first", "second"), (Encoding.UTF8.GetString(first), await rest.ReadToEndAsync(_patience.Token)));
    }

    [Theory]
    [InlineData("GET", "other", HttpStatusCode.NotFound)]
    [InlineData("POST", "api/only/get", HttpStatusCode.NotFound)]
    [InlineData("GET", "api/only/get", HttpStatusCode.OK)]
    [InlineData("GET", "admin/host/status", HttpStatusCode.OK)]
    [InlineData("POST", "admin/functions/Nobody", HttpStatusCode.NotFound)]
    public async Task Route_GivenAPath_AnswersAsTheHost(string method, string path, HttpStatusCode expected)
    {
        using var folder = new AppFolder().WithHttp("Api", "environment/{name}").WithHttp("Only", "only/get", """, "methods": ["get"]""");
        await using var host = await StartAsync(folder);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(host.Address, path)) { Content = JsonContent.Create(new { input = "" }) };

        using var answer = await _client.SendAsync(request);

        // The app's own 404 for /api/only/get still means that the host found the route: a header tells them apart.
        Assert.Equal(expected, answer.Headers.Contains("App") ? HttpStatusCode.OK : answer.StatusCode);
    }

    [Fact]
    public async Task Forward_GivenAnAppThatDiesInMidRequest_Answers502AndServesTheNextRequest()
    {
        using var folder = new AppFolder().WithHttp("Api", "{*path}");
        await using var host = await StartAsync(folder);
        var before = host.AppProcessId;

        using var broken = await _client.GetAsync(new Uri(host.Address, "api/die"));
        await _output.WaitForAsync("ended with exit code 137"); // until then a request can still reach the dying process
        var next = await _client.GetStringAsync(new Uri(host.Address, "api/environment/AZURE_FUNCTIONS_ENVIRONMENT"));

        Assert.Equal(HttpStatusCode.BadGateway, broken.StatusCode);
        Assert.Equal("application/problem+json", broken.Content.Headers.ContentType?.MediaType);
        Assert.Equal(502, (int?)JsonNode.Parse(await broken.Content.ReadAsStringAsync())?["status"]);
        Assert.Equal("Development", next);
        Assert.NotEqual(before, host.AppProcessId);
    }

    [Fact]
    public async Task Restart_GivenTwentyKills_ServesAfterEach()
    {
        using var folder = new AppFolder().WithHttp("Api", "{*path}");
        await using var host = await StartAsync(folder, giveUpAfter: int.MaxValue);

        for (var kill = 1; kill <= 20; kill++)
        {
            using var app = System.Diagnostics.Process.GetProcessById(host.AppProcessId);
            app.Kill();
            await _output.WaitForAsync("The app runs as process", kill + 1);
        }

        Assert.Equal("Development", await _client.GetStringAsync(new Uri(host.Address, "api/environment/AZURE_FUNCTIONS_ENVIRONMENT")));
        Assert.Equal(20, _output.Count("ended with exit code 137")); // 128 and SIGKILL
    }

    [Fact]
    public async Task Forward_GivenAnAppThatIsGivenUp_Answers503()
    {
        using var folder = new AppFolder().WithHttp("Api", "{*path}");
        await using var host = await StartAsync(folder, giveUpAfter: 1);

        using var broken = await _client.GetAsync(new Uri(host.Address, "api/die"));
        await host.AppEnded.WaitAsync(_patience.Token);
        using var answer = await _client.GetAsync(new Uri(host.Address, "api/environment/HOME"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("the host gives up", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "exited with 0")]
    [InlineData("3", "failed 3 times, the last time with exit code 3")]
    public async Task Start_GivenAnAppThatExits_SaysWhyItIsNotStartedAgain(string exitCode, string reason)
    {
        using var folder = new AppFolder();

        var failure = await Assert.ThrowsAsync<AppUnavailableException>(() => StartAsync(folder, settings: new() { ["EXIT_AT_START"] = exitCode }));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeTimer_GivenATimer_PostsTheHostsPayload()
    {
        using var folder = new AppFolder().WithTimer("Tick");
        await using var host = await StartAsync(folder);

        Assert.IsType<InvocationOutcome.Succeeded>(await host.InvokeTimerAsync("Tick", _patience.Token));

        var line = await _output.WaitForAsync("tick {");
        Assert.Contains("\"Schedule\":{\"AdjustForDST\":true}", line, StringComparison.Ordinal);
        Assert.Contains("\"IsPastDue\":false", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Fail", "answered 500")]
    [InlineData("Empty", "empty body")]
    [InlineData("Crash", "connection to the app broke")]
    [InlineData("Hang", "no answer within functionTimeout")]
    public async Task InvokeTimer_GivenAnAppThatMisbehaves_Fails(string name, string reason)
    {
        using var folder = new AppFolder(functionTimeout: name == "Hang" ? "00:00:01" : "00:05:00").WithTimer(name);
        await using var host = await StartAsync(folder);

        var outcome = await host.InvokeTimerAsync(name, _patience.Token);

        Assert.Contains(reason, Assert.IsType<InvocationOutcome.Failed>(outcome).Reason, StringComparison.Ordinal);
        if (name == "Hang") await _output.WaitForAsync("The app runs as process", 2); // killed, and started again
    }

    [Fact]
    public async Task Admin_GivenATimer_Answers202AndRunsIt()
    {
        using var folder = new AppFolder().WithTimer("Tick");
        await using var host = await StartAsync(folder);

        using var answer = await _client.PostAsJsonAsync(new Uri(host.Address, "admin/functions/tick"), new { input = "" });

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await _output.WaitForAsync("tick {");
    }

    [Fact]
    public async Task Dispose_GivenARunningApp_LeavesNoProcess()
    {
        using var folder = new AppFolder();
        var host = await StartAsync(folder);
        var app = host.AppProcessId;

        await host.DisposeAsync();

        Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(app));
    }

    [Fact]
    public async Task Start_GivenATakenPort_NamesIt()
    {
        using var folder = new AppFolder();
        await using var first = await StartAsync(folder);

        var failure = await Assert.ThrowsAsync<IOException>(() => StartAsync(folder, port: first.Address.Port));

        Assert.Contains($"Port {first.Address.Port} ", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _client.Dispose();
        _patience.Dispose();
    }

    private Task<FunctionsHost> StartAsync(AppFolder folder, Dictionary<string, string>? settings = null, int giveUpAfter = 3, int port = 0) =>
        FunctionsHost.StartAsync(new FunctionsHostOptions
        {
            AppFolder = folder.Path,
            Settings = settings ?? [],
            HttpPort = port,
            DataFolder = Path.Combine(folder.Path, ".costmon"),
            Output = _output.Add,
            GiveUpAfter = giveUpAfter,
        }, _patience.Token);
}
