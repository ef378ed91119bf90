using CostMonitor.Core.Calling;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Testing.ScriptedServer;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

public sealed class AdmittedChatClientTests : IAsyncLifetime
{
    private ScriptedModelServer _server = null!;

    public async Task InitializeAsync() => _server = await ScriptedModelServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task CompleteAsync_GivenCachedOnly_RefusesWithoutACall()
    {
        var outcome = await Complete(new CallLevers { CachedOnly = true }, 64);

        var failed = Assert.IsType<RunOutcome.Failed>(outcome);
        Assert.Equal((FailureStage.Admission, "cached_only", TimeSpan.Zero), (failed.Stage, failed.ErrorType, failed.Timings.EndToEnd));
        Assert.Empty(failed.Path.Attempts);
        Assert.Equal(0, _server.Count);
    }

    [Theory]
    [InlineData(null, 64, 64)]
    [InlineData(100, 64, 64)]
    [InlineData(20, 64, 20)]
    [InlineData(20, null, 20)]
    public async Task CompleteAsync_GivenAnOutputLimit_LowersTheCallsOwn(int? lever, int? asked, int sent)
    {
        Assert.IsType<RunOutcome.Succeeded>(await Complete(new CallLevers { MaxOutputTokens = lever }, asked));

        Assert.Contains($"\"max_tokens\":{sent}", Assert.Single(_server.Requests).Body, StringComparison.Ordinal);
    }

    private async Task<RunOutcome> Complete(CallLevers levers, int? maxTokens)
    {
        using var clients = new ModelClients(Given.Configuration(_server.Address), null, TimeProvider.System, null, new ChainParts { Levers = () => levers });
        var request = Given.Request(Given.Chat) with { Parameters = new(maxTokens) };
        return await clients.CompleteAsync(request, CancellationToken.None);
    }
}
