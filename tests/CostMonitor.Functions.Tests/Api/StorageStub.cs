using CostMonitor.Testing;
using Microsoft.AspNetCore.Http;

namespace CostMonitor.Functions.Tests.Api;

/// <summary>A server on loopback that answers every request alike, in the place of storage or of the endpoint that gives tokens.</summary>
internal sealed class StorageStub : IAsyncDisposable
{
    /// <summary>A key as a connection string holds it; no answer may repeat it.</summary>
    public const string Key = "c2VjcmV0LWtleS10aGF0LW5vYm9keS1zZWVz";

    private readonly LoopbackServer _server;

    private StorageStub(LoopbackServer server) => _server = server;

    public string Address => _server.Address.ToString();

    public string ConnectionString => $"AccountName=acct;AccountKey={Key};TableEndpoint={Address}acct;QueueEndpoint={Address}acct";

    public static async Task<StorageStub> StartAsync(int status, string? code, string? date = null) =>
        new(await LoopbackServer.StartAsync((context, ending) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers["x-ms-version"] = "2020-12-06";
            if (code is not null) context.Response.Headers["x-ms-error-code"] = code;
            if (date is not null) context.Response.Headers.Date = date;
            return context.Response.WriteAsync(context.Request.Path.Value?.EndsWith("/Tables", StringComparison.Ordinal) == true ? """{"value":[]}""" : "", ending);
        }));

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
