using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace CostMonitor.Storage;

/// <summary>Sends one service's requests and turns every way to fail into <see cref="StorageException"/>.</summary>
internal sealed class StoragePipeline
{
    /// <summary>Sent as <c>x-ms-version</c>. The first with Entra ID for tables; older than what the emulator knows.</summary>
    private const string ApiVersion = "2020-12-06";

    private readonly HttpPipeline _pipeline;

    public StoragePipeline(HttpPipelineTransport transport, TransportSettings settings, params HttpPipelinePolicy[] perRetry)
    {
        var options = new Options
        {
            Transport = transport,
            RetryPolicy = new StorageRetryPolicy(settings.Retries, settings.RetryDelay),
            Retry = { NetworkTimeout = settings.NetworkTimeout },
            Diagnostics = { IsLoggingEnabled = false, IsDistributedTracingEnabled = false, IsTelemetryEnabled = false },
        };
        var pipeline = new HttpPipelineOptions(options);
        foreach (var policy in perRetry) pipeline.PerRetryPolicies.Add(policy);
        _pipeline = HttpPipelineBuilder.Build(pipeline);
    }

    public HttpMessage CreateMessage(RequestMethod method, string address)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(address));
        message.Request.Headers.Add("x-ms-version", ApiVersion);
        return message;
    }

    /// <summary>The answer, whatever its status.</summary>
    /// <exception cref="StorageException">No answer came from any attempt.</exception>
    public async Task<Response> SendAsync(HttpMessage message, string operation, CancellationToken cancellationToken)
    {
        try
        {
            await _pipeline.SendAsync(message, cancellationToken);
            return message.Response;
        }
        catch (AuthenticationFailedException e)
        {
            throw new StorageException($"{operation}: no token for {Host(message)} could be had.", 0, null, Attempts(message), e) { Host = Host(message) };
        }
        // Azure.Core reports lost networks in three shapes, depending on how many attempts failed and how.
        catch (Exception e) when (e is AggregateException or RequestFailedException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            var cause = e is AggregateException { InnerExceptions: [.., var last] } ? last : e;
            throw new StorageException(
                $"{operation}: no answer from {Host(message)} after {Attempts(message)} attempt(s): {cause.Message}", 0, null, Attempts(message), e) { Host = Host(message) };
        }
    }

    public static int Attempts(HttpMessage message) => message.ProcessingContext.RetryNumber + 1;

    public static StorageException Refused(HttpMessage message, string operation) =>
        Refused(message, operation, StorageError.Parse(message.Response));

    public static StorageException Refused(HttpMessage message, string operation, StorageError error) =>
        new(Describe(message, operation, message.Response.Status, error), message.Response.Status, error.Code, Attempts(message), null) { Host = Host(message) };

    public static string Describe(HttpMessage message, string operation, int status, StorageError error) =>
        $"{operation} got {status} {error.Code ?? "without an error code"} on attempt {Attempts(message)}: "
        + $"{error.Message ?? "the service gave no reason"} (request id {message.Response.Headers.RequestId ?? "unknown"})";

    private static string Host(HttpMessage message) => message.Request.Uri.ToUri().Authority;

    private sealed class Options : ClientOptions;
}
