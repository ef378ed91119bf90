using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
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
    private readonly PreciseTimer _timer = new();
    private readonly X509Certificate2? _certificate;
    private readonly ConcurrentQueue<Script> _scripts = new();
    private readonly ConcurrentQueue<ServedRequest> _served = new();
    private CancellationTokenSource _ending = new();
    private WebApplication? _app;
    private int _count, _answered, _refused, _cut;

    private ScriptedModelServer(X509Certificate2? certificate) => _certificate = certificate;

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

    /// <summary>How all requests so far were answered. Those under way are in <see cref="ServerBooks.Accepted"/> only.</summary>
    public ServerBooks Books => new(Count, Volatile.Read(ref _answered), Volatile.Read(ref _refused), Volatile.Read(ref _cut));

    /// <summary>The books once no request is under way: a client has its last byte a little before the server has noted it.</summary>
    public async Task<ServerBooks> CloseBooksAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var books = Books;
            if (books.Accepted == books.Answered + books.Refused + books.Cut) return books;
            await Task.Delay(5, cancellationToken);
        }
    }

    public static async Task<ScriptedModelServer> StartAsync()
    {
        var server = new ScriptedModelServer(null);
        await server.ListenAsync(0);
        return server;
    }

    /// <summary>A server behind TLS whose certificate nobody vouches for.</summary>
    public static async Task<ScriptedModelServer> StartSelfSignedAsync()
    {
        var server = new ScriptedModelServer(SelfSigned.ForLoopback());
        await server.ListenAsync(0);
        return server;
    }

    /// <summary>Dies: cuts all connections and refuses new ones until <see cref="ReopenAsync"/>.</summary>
    public async Task CloseAsync()
    {
        if (_app is not { } app) return;
        _app = null;
        await _ending.CancelAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(limit.Token);
        await app.DisposeAsync();
    }

    /// <summary>Comes back at the same address.</summary>
    public async Task ReopenAsync()
    {
        if (_app is not null) return;
        _ending = new CancellationTokenSource(); // the last one may still be heeded
        await ListenAsync(Address.Port);
    }

    /// <summary>Answers the next requests with these, one each.</summary>
    public void Enqueue(params ReadOnlySpan<Script> scripts)
    {
        foreach (var script in scripts) _scripts.Enqueue(script);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _timer.Dispose();
        _ending.Dispose();
        _certificate?.Dispose();
    }

    private async Task ListenAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, port, listen =>
            {
                if (_certificate is not null) listen.UseHttps(_certificate);
            });
            k.AddServerHeader = false;
            k.Limits.MaxRequestBodySize = null;
            k.Limits.MinResponseDataRate = null; // a client that reads slowly is not cut off
        });
        _app = builder.Build();
        _app.Run(ServeAsync);
        await _app.StartAsync(CancellationToken.None);
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        Address = new Uri(addresses!.Addresses.Single() + "/");
    }

    private async Task ServeAsync(HttpContext context)
    {
        var received = Stopwatch.GetTimestamp();
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound; // warm-ups open their connection with a GET
            return;
        }

        ServedRequest request;
        try
        {
            request = await ReadAsync(context.Request, received);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            context.Abort(); // the server or the connection died before the request was read: it was never met
            return;
        }

        if (KeepsRequests) _served.Enqueue(request);
        var script = request.Script = _scripts.TryDequeue(out var next) ? next : Respond(request);
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
        finally
        {
            Interlocked.Increment(ref Entry(request, script));
        }
    }

    private ref int Entry(ServedRequest request, Script script)
    {
        if (request.Ended == 0) return ref _cut;
        if (script.Body is null && script.Status == StatusCodes.Status200OK) return ref _answered;
        return ref _refused;
    }

    private async Task<ServedRequest> ReadAsync(HttpRequest request, long received)
    {
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(_ending.Token);
        var (id, number) = (request.Headers["x-request-id"].ToString(), Interlocked.Increment(ref _count)); // met only when it was read: its connection may die before
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
