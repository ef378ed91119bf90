using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CostMonitor.Cli.StandIn;

/// <summary>The host's HTTP side: the routes of the HTTP functions, and the part of the admin API that starts functions.</summary>
/// <remarks>Function keys are not asked for, as in <c>func start</c>.</remarks>
internal sealed class HttpFront : IAsyncDisposable
{
    private const long LongestBody = 104_857_600; // the platform's limit: ScriptConstants.DefaultMaxRequestBodySize
    private readonly WebApplication _web;

    private HttpFront(WebApplication web) => _web = web;

    public Uri Address => new(_web.Urls.First());

    /// <summary>Starts to listen on loopback.</summary>
    /// <param name="port">0 for any free port.</param>
    /// <param name="functions">Those with an HTTP trigger get their route.</param>
    /// <param name="forward">Answers a request of an HTTP function.</param>
    /// <param name="invoke">Starts the named timer or queue function with an input; false where there is none of that name.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<HttpFront> StartAsync(
        int port,
        IReadOnlyList<FunctionDefinition> functions,
        RequestDelegate forward,
        Func<string, string, bool> invoke,
        CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddRoutingCore().AddSingleton<IHostLifetime, NoSignals>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = LongestBody;
            kestrel.AddServerHeader = false;
        });
        var web = builder.Build();
        web.Use(RefuseStrangersAsync);
        foreach (var function in functions.OfType<FunctionDefinition.Http>())
        {
            if (function.Methods.Count == 0) web.Map(function.Route, forward);
            else web.MapMethods(function.Route, function.Methods, forward);
        }
        web.MapGet("/admin/host/status", StatusAsync);
        web.MapPost("/admin/functions/{name}", context => InvokeAsync(context, invoke));
        // Matches whatever no function does, so that a wrong method is 404 as in the host, not ASP.NET's 405.
        web.MapFallback("{**path}", context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        try
        {
            await web.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            await web.DisposeAsync();
            throw new IOException($"Port {port} of 127.0.0.1 is taken, perhaps by another costmon or by func start: choose another port.", e);
        }
        return new HttpFront(web);
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    /// <summary>
    /// No key is asked for here, so a page that somebody visits could post to this port, and read from it under a name of its own that leads here. Browsers say where a
    /// request comes from and what it is for; what does not name this machine is refused.
    /// </summary>
    private static Task RefuseStrangersAsync(HttpContext context, RequestDelegate next)
    {
        var origin = context.Request.Headers.Origin.ToString();
        var isOurs = IsThisMachine(context.Request.Host.Host) && (origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && IsThisMachine(page.Host)));
        return isOurs
            ? next(context)
            : Problem.WriteAsync(context, 403, "The request is not for this machine, or comes from a page of another one", "Call it by 127.0.0.1 or localhost; a page must be served from there too.");
    }

    private static bool IsThisMachine(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static async Task StatusAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        var status = new JsonObject { ["id"] = "costmon", ["state"] = "Running", ["version"] = Invoker.HostVersion };
        await context.Response.WriteAsync(status.ToJsonString(), context.RequestAborted);
    }

    private static async Task InvokeAsync(HttpContext context, Func<string, string, bool> invoke)
    {
        var name = context.Request.RouteValues["name"]?.ToString() ?? "";
        try
        {
            var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            var input = (body as JsonObject)?["input"] is JsonValue value ? value.ToString() : "";
            context.Response.StatusCode = invoke(name, input) ? StatusCodes.Status202Accepted : StatusCodes.Status404NotFound;
        }
        catch (JsonException e)
        {
            await Problem.WriteAsync(context, 400, "The body is not valid JSON", $"Expected {{\"input\": \"...\"}}; {e.Message}");
        }
    }

    /// <summary>Leaves Ctrl+C to the program.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
