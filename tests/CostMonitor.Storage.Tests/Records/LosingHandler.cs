using System.Net;

namespace CostMonitor.Storage.Tests.Records;

/// <summary>Loses the answer to one transaction, which is applied all the same.</summary>
/// <param name="turn">Which one, from 1.</param>
/// <param name="instead">What the client sees: a status that it sends again after, or one that it gives up at.</param>
internal sealed class LosingHandler(int turn, HttpStatusCode instead) : DelegatingHandler(new SocketsHttpHandler())
{
    private int _sent;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isLost = request.RequestUri?.AbsolutePath.EndsWith("$batch", StringComparison.Ordinal) == true && Interlocked.Increment(ref _sent) == turn;
        var answer = await base.SendAsync(request, cancellationToken);
        if (!isLost) return answer;
        answer.Dispose();
        return new HttpResponseMessage(instead) { Content = new StringContent("""{"odata.error":{"code":"Lost","message":{"lang":"en-US","value":"lost"}}}""") };
    }
}
