using CostMonitor.Core.Calling;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Simulated;
using CostMonitor.Testing.ScriptedServer;
using Microsoft.Extensions.AI;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>Nothing waits for ever: each way to be silent against each limit, on a real connection and with a client that heeds no cancellation.</summary>
public sealed class NeverHangsTests : IAsyncLifetime
{
    private const string Attempt = "\"attemptSeconds\": 1.5, \"totalSeconds\": 60, \"stallSeconds\": 30";
    private const string Stall = "\"attemptSeconds\": 50, \"totalSeconds\": 60, \"stallSeconds\": 0.3";
    private const string Total = "\"attemptSeconds\": 2, \"totalSeconds\": 2, \"stallSeconds\": 30, \"backoffSeconds\": 0.001, \"retries\": 10";

    private static readonly Script Silence = new() { Fault = Fault.Silence }, Stops = new() { Fault = Fault.Hang, FaultAfter = 2 }, StopsAtFirst = new() { Fault = Fault.Hang },
        Drips = new() { Drip = TimeSpan.FromMinutes(1) }, Pings = new() { Gap = TimeSpan.FromMilliseconds(20), FirstTokenDelay = TimeSpan.FromMilliseconds(20), Tokens = 100_000, Token = "" };

    private ScriptedModelServer _server = null!;

    public static TheoryData<string, string, string> Silences => new()
    {
        { nameof(Silence), Attempt, "Connect timeout" },
        { nameof(StopsAtFirst), Attempt, "Stream timeout" },
        { nameof(Stops), Attempt, "Stream timeout" },
        { nameof(Stops), Stall, "Stream stalled" },
        { nameof(Drips), Attempt, "Stream timeout" },
        { nameof(Pings), Attempt, "Stream timeout" }, // events all the time, and never a token
        { nameof(Silence), Total, "Connect timeout" },
        { nameof(StopsAtFirst), Total, "Stream timeout" },
        { nameof(Stops), Total, "Stream timeout" },
    };

    public async Task InitializeAsync() => _server = await ScriptedModelServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Silences))]
    public async Task GetResponseAsync_GivenASilence_EndsAtItsLimit(string silence, string limits, string expected)
    {
        var script = silence switch { nameof(Silence) => Silence, nameof(Stops) => Stops, nameof(StopsAtFirst) => StopsAtFirst, nameof(Drips) => Drips, _ => Pings };
        _server.Respond = _ => script;
        using var clients = Chains.Over(_server.Address, limits);
        var client = clients.FindChatClient(Given.Chat) ?? throw new InvalidOperationException("No client.");

        var options = Chains.With(new CallSettings { Retries = limits == Total ? null : 0 });
        var failure = await Assert.ThrowsAsync<ModelCallException>(() => client.GetResponseAsync("hi", options).WaitAsync(TimeSpan.FromSeconds(20)));

        Assert.Equal(expected, $"{failure.Stage} {failure.ErrorType}");
        Assert.Equal(1, _server.Count); // also where retries are left: the whole call's time is over
    }

    [Fact]
    public async Task GetResponseAsync_GivenAHandshakeThatNeverEnds_EndsAtTheLimitOfConnecting()
    {
        using var silent = new SilentListener();
        using var clients = Chains.Over(new Uri($"https://127.0.0.1:{silent.Port}/"), "\"connectSeconds\": 0.3");

        var failed = await clients.FailAsync(Chains.Request()).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal("- Connect connect_timeout", Assert.Single(failed.Path.Attempts).Named());
    }

    [Fact]
    public async Task GetResponseAsync_GivenRetriesThatAllTimeOut_EndsAtTheLimitOfTheWholeCall()
    {
        _server.Respond = static _ => Silence;
        using var clients = Chains.Over(_server.Address, "\"attemptSeconds\": 0.4, \"totalSeconds\": 1, \"backoffSeconds\": 0.001, \"retries\": 10");
        var client = clients.FindChatClient(Given.Chat) ?? throw new InvalidOperationException("No client.");

        var failure = await Assert.ThrowsAsync<ModelCallException>(() => client.GetResponseAsync("hi").WaitAsync(TimeSpan.FromSeconds(20)));

        Assert.Equal((FailureStage.Connect, "deadline"), (failure.Stage, failure.ErrorType)); // the third attempt had 0.2 s left
        Assert.Equal(3, _server.Count);
    }

    [Theory]
    [InlineData(0, 2, 60, 30, "Connect timeout", 3)] // 2 s of the attempt, and 1 s of grace
    [InlineData(2, 2, 60, 30, "Stream timeout", 3)]
    [InlineData(2, 50, 60, 5, "Stream stalled", 6)]
    public async Task GetResponseAsync_GivenAClientThatIgnoresItsToken_LeavesItBehind(int tokens, int attempt, int total, int stall, string expected, int seconds)
    {
        var time = new VirtualClock(DateTimeOffset.UnixEpoch);
        using var deaf = new MemoryClient((_, _) => MemoryClient.Deaf(tokens));
        var limits = new CallLimits { Attempt = TimeSpan.FromSeconds(attempt), Total = TimeSpan.FromSeconds(total), Stall = TimeSpan.FromSeconds(stall) };
        using var client = Chains.Over(deaf, time, new ChainSettings { Limits = limits, Retry = new RetrySettings { Retries = 0 } });

        var call = client.GetResponseAsync("hi");
        time.Wait(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1), CancellationToken.None);
        var isEarly = call.IsCompleted;
        time.Wait(TimeSpan.FromTicks(1), CancellationToken.None);

        var failure = await Assert.ThrowsAsync<ModelCallException>(() => call.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal((false, expected), (isEarly, $"{failure.Stage} {failure.ErrorType}"));
    }

    [Fact]
    public async Task GetResponseAsync_GivenACallerWhoLeavesADeafClient_EndsASecondLater()
    {
        var time = new VirtualClock(DateTimeOffset.UnixEpoch);
        using var deaf = new MemoryClient(static (_, _) => MemoryClient.Deaf(1));
        using var client = Chains.Over(deaf, time);
        using var cancel = new CancellationTokenSource();

        var call = client.GetResponseAsync("hi", cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        time.Wait(TimeSpan.FromSeconds(1), CancellationToken.None);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(TimeSpan.FromSeconds(20)));
    }
}
