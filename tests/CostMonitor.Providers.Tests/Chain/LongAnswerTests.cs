using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Testing.ScriptedServer;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>No answer fills the memory, however long its server goes on.</summary>
public sealed class LongAnswerTests : IAsyncLifetime
{
    private ScriptedModelServer _server = null!;
    private ModelClients _clients = null!;

    public async Task InitializeAsync()
    {
        _server = await ScriptedModelServer.StartAsync();
        _clients = Chains.Over(_server.Address, "\"longestAnswerCharacters\": 10000");
    }

    public async Task DisposeAsync()
    {
        _clients.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task CompleteAsync_GivenAnAnswerWithoutEnd_EndsItAndKeepsAndChargesWhatCame()
    {
        _server.Enqueue(new Script { Tokens = int.MaxValue, Token = new string('a', 100) });

        var failed = await _clients.FailAsync(Chains.Request(retries: 2));

        Assert.Equal(["200 Stream answer_too_long"], failed.Path.Attempts.Select(static a => a.Named()));
        Assert.Equal("openai:gpt-4o-mini: the answer has 10100 characters and was ended at 10000 (calling.longestAnswerCharacters).", failed.Message);
        Assert.Equal((10_100, true), (failed.Text.Length, failed.Usage is { IsEstimated: true, Tokens.Output: > 0 }));
        Assert.Equal(new ServerBooks(Accepted: 1, Answered: 0, Refused: 0, Cut: 1), await _server.CloseBooksAsync(CancellationToken.None)); // it was closed
    }

    [Fact]
    public async Task CompleteAsync_GivenReasoningWithoutEnd_EndsItAsWell()
    {
        _server.Enqueue(new Script { Tokens = int.MaxValue, ReasoningTokens = int.MaxValue, Token = new string('a', 100) });

        var failed = await _clients.FailAsync(Chains.Request());

        Assert.Equal(("answer_too_long", ""), (failed.ErrorType, failed.Text));
        Assert.True(failed.Usage?.Tokens.Reasoning > 0);
    }

    [Fact]
    public async Task CompleteAsync_GivenTheLongestAnswer_TakesIt()
    {
        _server.Enqueue(new Script { Tokens = 100, Token = new string('a', 100) });

        Assert.Equal(10_000, Assert.IsType<RunOutcome.Succeeded>(await _clients.CompleteAsync(Chains.Request(), CancellationToken.None)).Text.Length);
    }

    [Fact]
    public async Task CompleteAsync_GivenALineThatNeverEnds_ReadsLittleOfItAndClosesTheConnection()
    {
        _server.Enqueue(new Script { Tokens = 9, Token = new string('a', 64_000_000) });

        var failed = await _clients.FailAsync(Chains.Request());

        Assert.Equal((FailureStage.Stream, "answer_too_long", "openai:gpt-4o-mini sent more than 1024 kB without the end of an event."), (failed.Stage, failed.ErrorType, failed.Message));
        Assert.Equal(1, (await _server.CloseBooksAsync(CancellationToken.None)).Cut);
    }

    [Fact]
    public async Task CompleteAsync_GivenManyEventsOfNearlyTheLongest_TakesThemAll()
    {
        using var clients = Chains.Over(_server.Address);
        _server.Enqueue(new Script { Tokens = 4, Token = new string('a', 900_000) });

        Assert.Equal(3_600_000, Assert.IsType<RunOutcome.Succeeded>(await clients.CompleteAsync(Chains.Request(), CancellationToken.None)).Text.Length);
    }
}
