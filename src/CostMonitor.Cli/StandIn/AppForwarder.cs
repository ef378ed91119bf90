using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;

namespace CostMonitor.Cli.StandIn;

/// <summary>Streams an HTTP request to the app and its answer back, as the host with enableProxyingHttpRequest.</summary>
internal sealed class AppForwarder(AppProcess app, TimeSpan patience, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);

    // RFC 9110 7.6.1: these belong to one connection. Host and X-Forwarded-* are set anew below.
    private static readonly HashSet<string> NotForwarded = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "Host", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
        "X-Azure-Functions-InvocationId", "X-Azure-Functions-HostVersion", "x-ms-invocation-id",
    };

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30), // well before the app closes its end
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
    });

    /// <summary>Forwards; a request that comes while the app restarts waits for it.</summary>
    public async Task ForwardAsync(HttpContext context)
    {
        var aborted = context.RequestAborted;
        using var tooLong = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, aborted);
        try
        {
            using var answer = await SendAsync(context, either.Token);
            await CopyAsync(answer, context.Response, aborted);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
        }
        catch (OperationCanceledException) when (tooLong.IsCancellationRequested)
        {
            await Problem.WriteAsync(context, 503, "The app is not ready", $"The app did not answer within {patience:c}.");
        }
        catch (AppUnavailableException e)
        {
            await Problem.WriteAsync(context, 503, "The app is down", e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            if (context.Response.HasStarted) context.Abort(); // half an answer must not look like a whole one
            else await Problem.WriteAsync(context, 502, "The connection to the app broke", e.Message);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpContext context, CancellationToken waiting)
    {
        while (true)
        {
            var running = await app.ReadyAsync(waiting);
            try
            {
                return await _client.SendAsync(Request(context, running.Address), context.RequestAborted);
            }
            catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
            {
                await Task.Delay(RetryPause, clock, waiting); // nothing was sent: the app has just died
            }
        }
    }

    private static HttpRequestMessage Request(HttpContext context, Uri app)
    {
        var incoming = context.Request;
        var target = new Uri(UriHelper.BuildAbsolute("http", new HostString(app.Authority), "", incoming.Path, incoming.QueryString));
        var hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;
        var request = new HttpRequestMessage(new HttpMethod(incoming.Method), target)
        {
            // Without any content SocketsHttpHandler sends a request again when the connection ends before the answer, and one
            // that kills the app would then kill the next one too. Empty content stops that; it adds Content-Length: 0.
            Content = hasBody ? new StreamContent(incoming.Body) : new ByteArrayContent([]),
        };
        foreach (var (name, values) in incoming.Headers)
        {
            if (NotForwarded.Contains(name)) continue;
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                request.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
        var invocation = Guid.NewGuid().ToString();
        request.Headers.Add("X-Azure-Functions-InvocationId", invocation);
        request.Headers.Add("X-Azure-Functions-HostVersion", Invoker.HostVersion);
        request.Headers.Add("x-ms-invocation-id", invocation);
        request.Headers.Add("X-Forwarded-For", context.Connection.RemoteIpAddress?.ToString());
        request.Headers.Add("X-Forwarded-Host", incoming.Host.Value);
        request.Headers.Add("X-Forwarded-Proto", incoming.Scheme);
        return request;
    }

    private static async Task CopyAsync(HttpResponseMessage answer, HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            if (!NotForwarded.Contains(name)) response.Headers[name] = values.ToArray();
        }
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await body.CopyToAsync(response.Body, cancellationToken); // each read is written, and so sent, at once: event streams work
    }
}
