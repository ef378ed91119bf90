using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CostMonitor.Testing.ScriptedServer;

/// <summary>A model server on loopback that answers as it is told, in OpenAI's format or (under <c>/v1/messages</c>) in Anthropic's.</summary>
public sealed class ScriptedModelServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly PreciseTimer _timer = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentQueue<Script> _scripts = new();
    private readonly ConcurrentQueue<ServedRequest> _served = new();
    private int _count;

    private ScriptedModelServer(WebApplication app) => _app = app;

    /// <summary>The root of the server, with a final slash: OpenAI's API stands under <c>v1/</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Answers when no script is queued.</summary>
    public Func<ServedRequest, Script> Respond { get; set; } = static _ => Script.Default;

    /// <summary>False to keep no requests, for runs of hundreds of thousands.</summary>
    public bool KeepsRequests { get; set; } = true;

    /// <summary>POST requests met so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The POST requests met so far, in the order of their arrival.</summary>
    public IReadOnlyCollection<ServedRequest> Requests => _served;

    public static async Task<ScriptedModelServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static k =>
        {
            k.Listen(IPAddress.Loopback, 0);
            k.AddServerHeader = false;
            k.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        var server = new ScriptedModelServer(app);
        app.Run(server.ServeAsync);
        await app.StartAsync(CancellationToken.None);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        server.Address = new Uri(addresses!.Addresses.Single() + "/");
        return server;
    }

    /// <summary>Answers the next requests with these, one each.</summary>
    public void Enqueue(params ReadOnlySpan<Script> scripts)
    {
        foreach (var script in scripts) _scripts.Enqueue(script);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        _timer.Dispose();
        _ending.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var received = Stopwatch.GetTimestamp();
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound; // warm-ups open their connection with a GET
            return;
        }

        var number = Interlocked.Increment(ref _count);
        var request = await ReadAsync(context.Request, number, received);
        if (KeepsRequests) _served.Enqueue(request);
        var script = _scripts.TryDequeue(out var next) ? next : Respond(request);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token, context.RequestAborted);
        var format = request.Path.EndsWith("/messages", StringComparison.Ordinal) ? AnswerFormat.Anthropic : AnswerFormat.OpenAI;
        try
        {
            await new ScriptedAnswer(context, script, request, format, _timer, ending.Token).RunAsync();
        }
        catch (OperationCanceledException)
        {
            context.Abort(); // the client left or the server ends
        }
    }

    private async Task<ServedRequest> ReadAsync(HttpRequest request, int number, long received)
    {
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(_ending.Token);
        var id = request.Headers["x-request-id"].ToString();
        return new ServedRequest
        {
            Id = id.Length > 0 ? id : number.ToString(CultureInfo.InvariantCulture),
            Method = request.Method,
            Path = request.Path,
            Headers = KeepsRequests ? request.Headers.ToDictionary(static h => h.Key, static h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase) : new Dictionary<string, string>(),
            Body = body,
            Received = received,
        };
    }
}
