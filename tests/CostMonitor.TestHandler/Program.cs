using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

var port = int.Parse(Environment.GetEnvironmentVariable("FUNCTIONS_CUSTOMHANDLER_PORT") ?? "0", null);
if (Environment.GetEnvironmentVariable("EXIT_AT_START") is { } exitCode) return int.Parse(exitCode, null);
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
var app = builder.Build();
var gate = new TaskCompletionSource();
app.Use((context, next) =>
{
    context.Response.Headers["App"] = "yes"; // tells its own 404 from that of the host
    return next(context);
});
app.MapGet("/", () => Results.Text("ready"));
app.MapGet("/api/environment/{name}", (string name) => Results.Text(Environment.GetEnvironmentVariable(name) ?? "(none)"));
app.MapPost("/api/open", () => gate.TrySetResult());
app.MapGet("/api/die", () => Kill());
app.MapGet("/api/half", async (HttpContext context) =>
{
    await context.Response.WriteAsync("first");
    await context.Response.Body.FlushAsync();
    await gate.Task;
    await context.Response.WriteAsync("second");
});
app.MapPost("/api/echo/{**rest}", async (HttpContext context) =>
{
    context.Response.StatusCode = 207;
    foreach (var (name, values) in context.Request.Headers) context.Response.Headers["Echo-" + name] = values;
    context.Response.Headers["Echo-Target"] = context.Request.Path + context.Request.QueryString;
    await context.Request.Body.CopyToAsync(context.Response.Body);
});

// What a timer or queue function does follows from the first word of its name.
app.MapPost("/Fail", () => Results.StatusCode(500));
app.MapPost("/Empty", () => Results.Ok());
app.MapPost("/Crash", () => Kill());
app.MapPost("/Hang", async (HttpContext context) => await Task.Delay(Timeout.Infinite, context.RequestAborted));
app.MapPost("/Gated", async (HttpContext context) =>
{
    Console.WriteLine("entered " + await TextOfAsync(context));
    await gate.Task;
    await context.Response.WriteAsJsonAsync(new { });
});
app.MapPost("/Work", async (HttpContext context) =>
{
    var text = await TextOfAsync(context);
    await context.Response.WriteAsJsonAsync(new { Logs = new[] { $"done {text}" } });
});
app.MapPost("/Tick", async (HttpContext context) =>
{
    using var body = await JsonDocument.ParseAsync(context.Request.Body);
    Console.WriteLine("tick " + body.RootElement.GetProperty("Data").GetProperty("timer"));
    await context.Response.WriteAsJsonAsync(new { });
});
await app.RunAsync();
return 0;

static void Kill() => System.Diagnostics.Process.GetCurrentProcess().Kill();

static async Task<string> TextOfAsync(HttpContext context)
{
    using var body = await JsonDocument.ParseAsync(context.Request.Body);
    var value = body.RootElement.GetProperty("Data").GetProperty("job").GetString() ?? "";
    return JsonDocument.Parse(value).RootElement.GetString() ?? "";
}
