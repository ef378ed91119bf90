using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Configuration;
using CostMonitor.Testing.ScriptedServer;
using Xunit;

namespace CostMonitor.Providers.Tests.Calling;

/// <summary>A route over two servers, on real connections.</summary>
public sealed class RouteTests : IAsyncLifetime
{
    private static readonly ModelKey Route = new("route", "assistant"), Nowhere = new("route", "nowhere"), First = new("openai", "gpt-4o"), Second = new("openai", "gpt-4o-mini");
    private static readonly Script Down = new() { Status = 500, Body = """{"error":{"message":"oops","type":"server_error"}}""", ContentType = "application/json" };

    private ScriptedModelServer _first = null!, _second = null!;
    private ModelClients _clients = null!;

    public async Task InitializeAsync()
    {
        (_first, _second) = (await ScriptedModelServer.StartAsync(), await ScriptedModelServer.StartAsync());
        _clients = Clients(_second.Address);
    }

    public async Task DisposeAsync()
    {
        _clients.Dispose();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task CompleteAsync_GivenADownFirstTarget_IsAnsweredByTheNextAndBilledAsIt()
    {
        _first.Enqueue(Down);

        var outcome = Assert.IsType<RunOutcome.Succeeded>(await _clients.CompleteAsync(Given.Request(Route), CancellationToken.None));

        Assert.Equal(("tok tok tok ", 1, 1), (outcome.Text, _first.Count, _second.Count));
        Assert.Equal((Second, 1), (outcome.Path.Route?.Target, outcome.Path.Route?.Failovers));
        Assert.Equal("listed 2 of 3; passed over: anthropic:claude (not configured: Setting NO_KEY is missing); failed: openai:gpt-4o (server_error, HTTP 500)", outcome.Path.Route?.Reason);
        Assert.Equal([First, Second], outcome.Path.Attempts.Select(static a => a.Model));
        Assert.Equal(new Offer(Second), outcome.BilledAs);
    }

    [Fact]
    public async Task CompleteAsync_GivenAllDown_FailsWithEachNamed()
    {
        _first.Respond = _second.Respond = static _ => Down;

        var failed = Assert.IsType<RunOutcome.Failed>(await _clients.CompleteAsync(Given.Request(Route), CancellationToken.None));

        Assert.Equal(("all_down", FailureStage.Admission), (failed.ErrorType, failed.Stage));
        Assert.Contains("openai:gpt-4o (server_error, HTTP 500), openai:gpt-4o-mini (server_error, HTTP 500)", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Given.Prompt, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteAsync_GivenACutAfterTheFirstToken_DoesNotPayTwice()
    {
        _first.Enqueue(new Script { Tokens = 5, Fault = Fault.Cut, FaultAfter = 2 });

        var failed = Assert.IsType<RunOutcome.Failed>(await _clients.CompleteAsync(Given.Request(Route), CancellationToken.None));

        Assert.Equal(("broke_off", 0), (failed.ErrorType, _second.Count));
    }

    [Fact]
    public async Task IsConfigured_GivenARouteWithoutConfiguredTargets_SaysWhatEachLacks()
    {
        Assert.True(_clients.IsConfigured(Route, out _));
        Assert.False(_clients.IsConfigured(Nowhere, out var missing));
        Assert.Equal("anthropic:claude: Setting NO_KEY is missing.", missing);
        Assert.NotNull(_clients.FindChatClient(Route));
        Assert.Null(_clients.FindChatClient(Nowhere));

        var failed = Assert.IsType<RunOutcome.Failed>(await _clients.CompleteAsync(Given.Request(Nowhere), CancellationToken.None));

        Assert.Equal(("not_configured", "route:nowhere is not configured: anthropic:claude: Setting NO_KEY is missing."), (failed.ErrorType, failed.Message));
    }

    [Fact]
    public async Task WarmAsync_GivenARoute_WarmsItsTargetsUnbilled()
    {
        var connects = await _clients.WarmAsync([Route], CancellationToken.None);

        Assert.Equal(3, connects.Count);
        Assert.True(connects[First] > TimeSpan.Zero && connects[Second] > TimeSpan.Zero);
        Assert.Equal(0, _first.Count + _second.Count);
    }

    [Fact]
    public async Task ProbeAsync_GivenOneServerGone_SaysWhichCanBeReached()
    {
        using var clients = Clients(new Uri("http://127.0.0.1:9/"));

        var probes = await clients.ProbeAsync(CancellationToken.None);

        Assert.Equal([First, Second, new ModelKey("anthropic", "claude"), new ModelKey("sim", "mock")], probes.Select(static p => p.Model));
        Assert.Equal([true, false, false, true], probes.Select(static p => p.IsUp));
        Assert.Equal([404, null, null, null], probes.Select(static p => p.HttpStatus));
        Assert.Equal(new Uri("https://status.example.test/"), probes[0].StatusPage);
        Assert.True(probes[0].Connect > TimeSpan.Zero);
        Assert.Equal((true, false), (probes[1].IsConfigured, probes[2].IsConfigured));
        Assert.NotNull(probes[1].Failure);
        Assert.False(probes[3].IsRemote);
        Assert.Equal(0, _first.Count);
    }

    private ModelClients Clients(Uri second) => new(
        ModelConfiguration.Parse(
            """
            { "calling": { "retries": 0 }, "capabilities": { "c": { "usageInStream": true }, "anthropic": { "defaultMaxTokens": 100 } },
              "models": [
                { "model": "openai:gpt-4o", "api": "openai", "endpoint": "%FIRST%v1/", "keySetting": "KEY", "capabilities": "c", "facts": { "statusPage": "https://status.example.test/" } },
                { "model": "openai:gpt-4o-mini", "api": "openai", "endpoint": "%SECOND%v1/", "keySetting": "KEY", "capabilities": "c" },
                { "model": "anthropic:claude", "api": "anthropic", "endpoint": "https://example.test/", "keySetting": "NO_KEY", "capabilities": "anthropic" },
                { "model": "sim:mock", "api": "simulated" } ],
              "routes": [
                { "model": "route:assistant", "targets": ["openai:gpt-4o", "openai:gpt-4o-mini", "anthropic:claude"] },
                { "model": "route:nowhere", "targets": ["anthropic:claude"] } ] }
            """,
            "models.json",
            name => name switch { "FIRST" => _first.Address.ToString(), "SECOND" => second.ToString(), "KEY" => Given.Key, _ => null }),
        null,
        TimeProvider.System);
}
