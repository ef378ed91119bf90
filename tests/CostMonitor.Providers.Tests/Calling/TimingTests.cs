using System.Diagnostics;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Testing.ScriptedServer;
using Microsoft.Extensions.AI;
using Xunit;

namespace CostMonitor.Providers.Tests.Calling;

/// <summary>Times on a real connection, against the moments at which the server wrote.</summary>
[Collection(nameof(Timing))]
public sealed class TimingTests : IAsyncLifetime
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100); // for a loaded machine of two cores; what is mistaken here is off by 200 ms or more
    private ScriptedModelServer _server = null!;
    private ModelClients _clients = null!;

    public async Task InitializeAsync()
    {
        _server = await ScriptedModelServer.StartAsync();
        _clients = Given.Clients(_server.Address);
        await _clients.WarmAsync([Given.Chat], CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        _clients.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task CompleteAsync_GivenAnEarlyRoleChunk_TakesTheFirstTokenAndNotTheRole()
    {
        _server.Enqueue(new Script { FirstTokenDelay = TimeSpan.FromMilliseconds(300), Gap = TimeSpan.FromMilliseconds(20), Tokens = 5 });

        var outcome = await _clients.CompleteAsync(Given.Request(Given.Chat), CancellationToken.None);

        var served = _server.Requests.Single();
        Assert.True(Stopwatch.GetElapsedTime(served.Received, served.HeadWritten) < TimeSpan.FromMilliseconds(200)); // the role was early
        var written = Stopwatch.GetElapsedTime(served.Received, served.TokensWritten[0]);
        Assert.InRange(outcome.Timings.FirstToken!.Value, written, written + Tolerance);
        Assert.Equal(outcome.Timings.FirstToken, outcome.Timings.FirstContent);
    }

    [Fact]
    public async Task CompleteAsync_GivenPacedTokens_KeepsEveryGap()
    {
        _server.Enqueue(new Script { FirstTokenDelay = TimeSpan.FromMilliseconds(50), Gap = TimeSpan.FromMilliseconds(25), Tokens = 8 });

        var outcome = await _clients.CompleteAsync(Given.Request(Given.Chat), CancellationToken.None);

        var written = _server.Requests.Single().TokensWritten;
        Assert.Equal(written.Count - 1, outcome.Timings.GapsUs.Count);
        var span = outcome.Timings.LastToken!.Value - outcome.Timings.FirstToken!.Value;
        Assert.InRange(span, Stopwatch.GetElapsedTime(written[0], written[^1]) - Tolerance, Stopwatch.GetElapsedTime(written[0], written[^1]) + Tolerance);
        Assert.Equal(span.TotalMicroseconds, outcome.Timings.GapsUs.Sum(), tolerance: 8); // each gap is rounded to a microsecond
    }

    [Fact]
    public async Task CompleteAsync_GivenReasoningFirst_TellsTheFirstTokenFromTheFirstContent()
    {
        _server.Enqueue(new Script { Gap = TimeSpan.FromMilliseconds(100), Tokens = 3, ReasoningTokens = 2, Usage = null });

        var outcome = await _clients.CompleteAsync(Given.Request(Given.Chat), CancellationToken.None);

        Assert.InRange(outcome.Timings.FirstContent!.Value - outcome.Timings.FirstToken!.Value, TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(200) + Tolerance);
        Assert.Equal("tok ", outcome.Text);
        Assert.Equal((1, 2), (outcome.Usage!.Value.Tokens.Output, outcome.Usage.Value.Tokens.Reasoning)); // "tok" once, "tok tok"
    }

    [Fact]
    public async Task CompleteAsync_GivenAPooledConnection_HasNoConnectTime()
    {
        using var clients = Given.Clients(_server.Address);

        var first = await clients.CompleteAsync(Given.Request(Given.Chat), CancellationToken.None);
        var second = await clients.CompleteAsync(Given.Request(Given.Chat), CancellationToken.None);

        Assert.InRange(first.Timings.Connect!.Value, TimeSpan.Zero, first.Timings.FirstToken!.Value);
        Assert.Null(second.Timings.Connect);
    }

    [Fact]
    public async Task CompleteAsync_GivenManyCallsInARow_UsesOneConnection()
    {
        var connects = 0;
        for (var i = 0; i < 50; i++)
        {
            var outcome = await _clients.CompleteAsync(Given.Request(Given.Chat), CancellationToken.None);
            if (outcome.Timings.Connect is not null) connects++;
        }

        Assert.Equal(0, connects); // warmed up in advance
    }

    [Fact]
    public async Task CompleteAsync_GivenABodyThatEndsLate_StillKeepsItsConnection()
    {
        _server.Enqueue(new Script { EndDelay = TimeSpan.FromMilliseconds(10) });

        await _clients.CompleteAsync(Given.Request(Given.Chat), CancellationToken.None);
        var next = await _clients.CompleteAsync(Given.Request(Given.Chat), CancellationToken.None);

        Assert.Null(next.Timings.Connect);
    }

    [Fact]
    public async Task CompleteAsync_GivenABodyThatNeverEnds_DoesNotWaitForIt()
    {
        _server.Enqueue(new Script { EndDelay = TimeSpan.FromSeconds(20) });

        var outcome = await _clients.CompleteAsync(Given.Request(Given.Chat), CancellationToken.None);

        Assert.IsType<RunOutcome.Succeeded>(outcome);
        Assert.True(outcome.Timings.EndToEnd < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task CompleteAsync_GivenParallelStreams_MixesNothingUp()
    {
        _server.Respond = static r => new Script
        {
            FirstTokenDelay = TimeSpan.FromMilliseconds(20),
            Gap = TimeSpan.FromMilliseconds(2),
            Tokens = 20,
            Token = r.Body.Contains("gpt-5", StringComparison.Ordinal) ? "five " : "four ",
            Usage = null,
        };

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => _clients.CompleteAsync(Given.Request(i % 2 == 0 ? Given.Reasoning : Given.Chat), CancellationToken.None)));

        for (var i = 0; i < outcomes.Length; i++)
        {
            Assert.Equal(string.Concat(Enumerable.Repeat(i % 2 == 0 ? "five " : "four ", 20)), Assert.IsType<RunOutcome.Succeeded>(outcomes[i]).Text);
            Assert.Equal(19, outcomes[i].Timings.GapsUs.Count);
        }
    }

    [Fact]
    public async Task CompleteAsync_GivenTheServersId_KeepsIt()
    {
        _server.Enqueue(new Script());

        var outcome = await _clients.CompleteAsync(Given.Request(Given.Chat), CancellationToken.None);

        Assert.Equal((_server.Requests.Single().Id, "scripted-1"), (outcome.ProviderRequestId, outcome.AnsweredBy));
    }

    [Fact]
    public async Task GetResponseAsync_GivenAStream_GathersIt()
    {
        var response = await _clients.FindChatClient(Given.Chat)!.GetResponseAsync("hi");

        Assert.Equal(("tok tok tok ", 9, 3, ChatFinishReason.Stop), (response.Text, response.Usage?.InputTokenCount, response.Usage?.OutputTokenCount, response.FinishReason));
    }

    [Fact]
    public async Task WarmAsync_GivenAServer_OpensItsConnectionAndBillsNothing()
    {
        using var clients = Given.Clients(_server.Address);

        var connects = await clients.WarmAsync([Given.Chat, Given.Claude, Given.Mock, Given.Entra], CancellationToken.None);
        var first = await clients.CompleteAsync(Given.Request(Given.Chat), CancellationToken.None);

        Assert.NotNull(connects[Given.Chat]);
        Assert.Null(connects[Given.Claude]); // the same server: its connection is there
        Assert.Null(connects[Given.Mock]);
        Assert.Null(connects[Given.Entra]);
        Assert.Null(first.Timings.Connect);
        Assert.Equal(1, _server.Count); // only the measured call was a POST
    }

    [Fact]
    public async Task WarmAsync_GivenNoServer_LetsItBe()
    {
        using var clients = Given.Clients(new Uri("http://127.0.0.1:1/"));

        var connects = await clients.WarmAsync([Given.Chat], CancellationToken.None);

        Assert.Null(connects[Given.Chat]);
    }
}
