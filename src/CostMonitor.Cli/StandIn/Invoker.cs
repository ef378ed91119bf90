using System.Net.Http.Headers;
using CostMonitor.Storage.Queues;

namespace CostMonitor.Cli.StandIn;

/// <summary>Invokes timer and queue functions over loopback HTTP, and judges the answers.</summary>
internal sealed class Invoker(AppProcess app, TimeSpan functionTimeout, Action<string> output, TimeProvider clock) : IDisposable
{
    /// <summary>The version that the stand-in gives itself: that of a host which knows enableProxyingHttpRequest.</summary>
    public const string HostVersion = "4.1041.200.25360";

    private static readonly TimeSpan DeathPatience = TimeSpan.FromSeconds(5); // a connection to an app that lives can break too

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public Task<InvocationOutcome> InvokeAsync(FunctionDefinition.Queue function, QueueMessage message, CancellationToken cancellationToken) =>
        InvokeAsync(function.Name, InvocationPayload.Of(function, message, clock.GetUtcNow(), Guid.NewGuid()), cancellationToken);

    public Task<InvocationOutcome> InvokeAsync(
        FunctionDefinition.Timer function, ScheduleStatus? status, bool isPastDue, CancellationToken cancellationToken) =>
        InvokeAsync(function.Name, InvocationPayload.Of(function, status, isPastDue, clock.GetUtcNow(), Guid.NewGuid()), cancellationToken);

    public void Dispose() => _client.Dispose();

    private async Task<InvocationOutcome> InvokeAsync(string function, byte[] body, CancellationToken cancellationToken)
    {
        var invocation = Guid.NewGuid();
        var outcome = await SendAsync(function, invocation, body, cancellationToken);
        if (outcome is InvocationOutcome.Failed failed) output($"{function} failed ({invocation}): {failed.Reason}.");
        if (outcome is InvocationOutcome.Succeeded succeeded)
        {
            foreach (var line in succeeded.Logs) output($"{function}: {line}");
        }
        return outcome;
    }

    private async Task<InvocationOutcome> SendAsync(string function, Guid invocation, byte[] body, CancellationToken cancellationToken)
    {
        RunningApp running;
        try
        {
            running = await app.ReadyAsync(cancellationToken);
        }
        catch (AppUnavailableException e)
        {
            return new InvocationOutcome.Failed(e.Message);
        }
        using var timeout = new CancellationTokenSource(functionTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = Request(new Uri(running.Address, Uri.EscapeDataString(function)), invocation, body);
            using var answer = await _client.SendAsync(request, either.Token);
            var bytes = await answer.Content.ReadAsByteArrayAsync(either.Token);
            return InvocationAnswer.Judge(answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, bytes);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            running.Kill(); // and with it all other invocations, as in the host
            await running.EndedAsync(DeathPatience, clock, cancellationToken);
            return new InvocationOutcome.Failed($"no answer within functionTimeout, {functionTimeout:c}; the app is killed");
        }
        catch (HttpRequestException e)
        {
            await running.EndedAsync(DeathPatience, clock, cancellationToken); // else its message would come again while its end is not noticed, and fail once more
            return new InvocationOutcome.Failed($"the connection to the app broke: {e.Message}");
        }
    }

    private static HttpRequestMessage Request(Uri address, Guid invocation, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add("X-Azure-Functions-InvocationId", invocation.ToString());
        request.Headers.Add("X-Azure-Functions-HostVersion", HostVersion);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Azure-Functions-Host", HostVersion));
        return request;
    }
}
