namespace CostMonitor.Functions.Tests.AlertQueue;

/// <summary>Storage as a mortal process reaches it: each request may be its last, sent or not.</summary>
internal sealed class MortalHandler(Mortality life) : HttpMessageHandler
{
    private static readonly HttpMessageInvoker Shared = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        life.Step("request");
        var answer = await Shared.SendAsync(request, cancellationToken);
        life.Step("answer");
        return answer;
    }
}
