using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CostMonitor.Functions.Tests.Api;

/// <summary>A server on loopback that answers every request alike, in the place of storage or of the endpoint that gives tokens.</summary>
internal sealed class StorageStub : IAsyncDisposable
{
    /// <summary>A key as a connection string holds it; no answer may repeat it.</summary>
    public const string Key = "c2VjcmV0LWtleS10aGF0LW5vYm9keS1zZWVz";

    private readonly WebApplication _app;

    private StorageStub(WebApplication app) => _app = app;

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public string ConnectionString => $"AccountName=acct;AccountKey={Key};TableEndpoint={Address}/acct;QueueEndpoint={Address}/acct";

    public static async Task<StorageStub> StartAsync(int status, string? code, string? date = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers["x-ms-version"] = "2020-12-06";
            if (code is not null) context.Response.Headers["x-ms-error-code"] = code;
            if (date is not null) context.Response.Headers.Date = date;
            return context.Response.WriteAsync(context.Request.Path.Value?.EndsWith("/Tables", StringComparison.Ordinal) == true ? """{"value":[]}""" : "");
        });
        await app.StartAsync(CancellationToken.None);
        return new StorageStub(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
