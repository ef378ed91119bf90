using System.Net;

namespace CostMonitor.Storage.Tests.Records;

/// <summary>Lets some transactions through and then none, as a process that is killed between two of them; the answer to the last one is lost.</summary>
internal sealed class DyingHandler(int transactions) : DelegatingHandler(new SocketsHttpHandler())
{
    private int _sent;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri?.AbsolutePath.EndsWith("$batch", StringComparison.Ordinal) != true) return await base.SendAsync(request, cancellationToken);
        var turn = Interlocked.Increment(ref _sent);
        if (turn <= transactions)
        {
            using var answer = await base.SendAsync(request, cancellationToken);
            if (turn < transactions) return new HttpResponseMessage(answer.StatusCode) { Content = await CopyAsync(answer) };
        }

        return new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StringContent("""{"odata.error":{"code":"InvalidInput","message":{"lang":"en-US","value":"killed"}}}""") };
    }

    private static async Task<HttpContent> CopyAsync(HttpResponseMessage answer)
    {
        var copy = new ByteArrayContent(await answer.Content.ReadAsByteArrayAsync());
        copy.Headers.ContentType = answer.Content.Headers.ContentType;
        return copy;
    }
}
