using CostMonitor.Core.Checks;
using CostMonitor.Functions.AlertQueue;
using CostMonitor.Functions.Api;
using CostMonitor.Functions.BatchPoison;
using CostMonitor.Functions.BatchQueue;
using CostMonitor.Functions.CanaryTimer;
using CostMonitor.Functions.Host;
using CostMonitor.Functions.MaintenanceTimer;
using CostMonitor.Functions.PriceTimer;
using CostMonitor.Functions.Setup;
using CostMonitor.Functions.Telemetry;

// The empty builder: no configuration files to watch, nothing that the start has to wait for. Settings come from the environment.
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = args });
var port = Environment.GetEnvironmentVariable("FUNCTIONS_CUSTOMHANDLER_PORT") ?? "7073";
builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Limits.MaxRequestBodySize = ApiLimits.MaxBodyBytes;
    kestrel.AddServerHeader = false;
});
builder.Services.AddRoutingCore();
builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true));
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddHttpContextAccessor();
builder.Services.AddSingleton(services => MonitorTelemetry.Open(
    Environment.GetEnvironmentVariable, () => Invocation.Of(services.GetRequiredService<IHttpContextAccessor>().HttpContext), services.GetRequiredService<TimeProvider>(),
    services.GetRequiredService<ILoggerFactory>().CreateLogger(nameof(MonitorTelemetry))));
builder.Services.AddSingleton(services => new Composition(
    SecretReferences.Without(Environment.GetEnvironmentVariable), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILoggerFactory>(),
    services.GetRequiredService<IMonitorTelemetry>())
{
    UnresolvedSecrets = SecretReferences.Problems(Environment.GetEnvironmentVariables().Keys.OfType<string>(), Environment.GetEnvironmentVariable),
});

var app = builder.Build();
var composition = app.Services.GetRequiredService<Composition>();
var loggers = app.Services.GetRequiredService<ILoggerFactory>();
using var export = TelemetryExport.Open(Environment.GetEnvironmentVariable, TimeProvider.System, app.Logger);
app.UseAnswerHeaders();
app.UseRouting();
app.MapGet("/", (HttpContext context) => context.Response.WriteAsync("CostMonitor"));
app.MapTrigger("CanaryTimer", new CanaryTimerFunction(composition).RunAsync, SettleAsync);
app.MapTrigger("BatchQueue", new BatchQueueFunction(composition).RunAsync, SettleAsync);
app.MapTrigger("BatchPoison", new BatchPoisonFunction(composition).RunAsync, SettleAsync);
app.MapTrigger("AlertQueue", new AlertQueueFunction(composition, loggers.CreateLogger<AlertQueueFunction>()).RunAsync, SettleAsync);
app.MapTrigger("MaintenanceTimer", new MaintenanceTimerFunction(composition, loggers.CreateLogger<MaintenanceTimerFunction>()).RunAsync, SettleAsync);
app.MapTrigger("PriceTimer", new PriceTimerFunction(composition, loggers.CreateLogger<PriceTimerFunction>()).RunAsync, SettleAsync);
app.MapApi(composition);
await app.RunAsync();

// What is settled has something to tell, so it comes first.
async Task SettleAsync()
{
    await composition.SettleAsync();
    await Task.WhenAll(composition.Telemetry.FlushAsync(), export?.FlushAsync() ?? Task.CompletedTask);
}
