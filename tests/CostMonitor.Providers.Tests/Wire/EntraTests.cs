using Azure.Core;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Simulated;
using Xunit;

namespace CostMonitor.Providers.Tests.Wire;

public sealed class EntraTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly StubHandler _stub = new("data: [DONE]\n\n");
    private readonly VirtualClock _clock = new(Now);

    [Fact]
    public async Task CompleteAsync_GivenAnEntraModel_SendsATokenOfItsScope()
    {
        var credential = new FakeCredential(_clock);
        using var clients = Clients(credential);

        await clients.CompleteAsync(Given.Request(Given.Entra), CancellationToken.None);

        Assert.Equal("Bearer token-1", _stub.Requests[0].Headers["Authorization"]);
        Assert.Equal(["https://cognitiveservices.azure.com/.default"], credential.Scopes);
    }

    [Fact]
    public async Task CompleteAsync_GivenATokenNearItsEnd_FetchesAnother()
    {
        using var clients = Clients(new FakeCredential(_clock)); // each token lives an hour

        await clients.CompleteAsync(Given.Request(Given.Entra), CancellationToken.None);
        _clock.Wait(TimeSpan.FromMinutes(54), CancellationToken.None);
        await clients.CompleteAsync(Given.Request(Given.Entra), CancellationToken.None);
        _clock.Wait(TimeSpan.FromMinutes(2), CancellationToken.None);
        await clients.CompleteAsync(Given.Request(Given.Entra), CancellationToken.None);

        Assert.Equal(["Bearer token-1", "Bearer token-1", "Bearer token-2"], _stub.Requests.Select(static r => r.Headers["Authorization"]));
    }

    [Fact]
    public async Task CompleteAsync_GivenACredentialThatFails_FailsBeforeAnythingIsSent()
    {
        using var clients = Clients(new FakeCredential(_clock) { Fails = true });

        var outcome = await clients.CompleteAsync(Given.Request(Given.Entra), CancellationToken.None);

        var failed = Assert.IsType<RunOutcome.Failed>(outcome);
        Assert.Equal((FailureStage.Admission, "entra_token"), (failed.Stage, failed.ErrorType));
        Assert.Empty(_stub.Requests);
    }

    [Fact]
    public async Task CompleteAsync_GivenNoCredential_SaysThatNoneIsSetUp()
    {
        using var clients = Clients(null);

        var outcome = await clients.CompleteAsync(Given.Request(Given.Entra), CancellationToken.None);

        Assert.Equal("azure-openai:gpt-4.1 is not configured: No Entra credential is set up.", Assert.IsType<RunOutcome.Failed>(outcome).Message);
    }

    public void Dispose() => _stub.Dispose();

    private ModelClients Clients(TokenCredential? credential) =>
        new(Given.Configuration(new Uri("https://r.openai.azure.com/")), credential, _clock, null, null, new HttpClient(_stub));

    private sealed class FakeCredential(TimeProvider time) : TokenCredential
    {
        private int _tokens;

        public bool Fails { get; init; }

        public string[] Scopes { get; private set; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            if (Fails) throw new InvalidOperationException("no identity here");
            Scopes = requestContext.Scopes;
            return ValueTask.FromResult(new AccessToken($"token-{++_tokens}", time.GetUtcNow().AddHours(1)));
        }
    }
}
