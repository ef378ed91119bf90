using System.Net;
using System.Text.Json;
using CostMonitor.Functions.Api;
using CostMonitor.Functions.Setup;
using CostMonitor.Functions.Tests.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CostMonitor.Functions.Tests.Api;

public sealed class CatalogApiTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Health_GivenAWorkingApp_IsOk()
    {
        var health = await app.GetAsync("/api/health");

        Assert.Equal("ok", health.GetProperty("status").GetString());
        Assert.Empty(health.GetProperty("problems").EnumerateArray());
        Assert.Equal(JsonValueKind.Number, health.GetProperty("queuedMessages").ValueKind);
    }

    [Fact]
    public async Task Health_GivenFaultySettings_NamesThemAll()
    {
        var settings = new Dictionary<string, string>(app.Settings) { ["CanarySchedule"] = "hourly", ["CallsInFlight"] = "0", ["ClaimLease"] = "long" };
        await using var faulty = await AppProcess.StartAsync(settings);

        using var health = await faulty.Http.GetAsync(new Uri("/api/health", UriKind.Relative));
        using var models = await faulty.Http.GetAsync(new Uri("/api/models", UriKind.Relative));
        var problems = (await AppFixture.ReadAsync(health, HttpStatusCode.ServiceUnavailable)).GetProperty("problems").EnumerateArray().Select(p => p.GetString() ?? "").ToArray();

        Assert.Equal(3, problems.Length);
        Assert.Contains(problems, p => p.StartsWith("setting CanarySchedule: Expected six NCrontab fields", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("setting CallsInFlight:", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("setting ClaimLease:", StringComparison.Ordinal));
        Assert.NotEqual(HttpStatusCode.OK, models.StatusCode);
        Assert.Equal("application/problem+json", models.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Health_GivenMissingFilesOrStorage_SaysSo()
    {
        await using var noPlan = await AppProcess.StartAsync(new Dictionary<string, string>(app.Settings) { ["CanaryPlan"] = "no-such-plan.json" });
        await using var noModels = await AppProcess.StartAsync(new Dictionary<string, string>(app.Settings) { ["ModelsFile"] = "no-such-models.json" });
        await using var noStorage = await AppProcess.StartAsync(new Dictionary<string, string>(app.Settings) { ["AzureWebJobsStorage"] = "nonsense" });

        Assert.Contains("no-such-plan.json", await ProblemAsync(noPlan), StringComparison.Ordinal);
        Assert.Contains("no-such-models.json", await ProblemAsync(noModels), StringComparison.Ordinal);
        Assert.NotEmpty(await ProblemAsync(noStorage));
    }

    [Theory]
    [InlineData("/api/nothing")]
    [InlineData("/api/batches")]
    [InlineData("/api/batches/no-such-batch")]
    [InlineData("/api/batches/NO%20ID")]
    [InlineData("/api/batches/no-such-batch/runs")]
    [InlineData("/api/runs/no-such-batch.000000")]
    [InlineData("/api/runs/nonsense")]
    [InlineData("/api/summary?batch=no-such-batch")]
    public async Task Get_GivenNothingThere_Answers404AsAProblem(string path)
    {
        using var answer = await app.Http.GetAsync(new Uri(path, UriKind.Relative));
        var problem = await AppFixture.ReadAsync(answer, HttpStatusCode.NotFound);

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(404, problem.GetProperty("status").GetInt32());
        Assert.StartsWith("There is no ", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plans_GivenACanary_ShowItsScheduleAndConfiguredModels()
    {
        var plan = Assert.Single((await app.GetAsync("/api/plans")).GetProperty("plans").EnumerateArray());

        Assert.Equal(("CanaryTimer", "0 0 * * * *", 2), (plan.GetProperty("function").GetString(), plan.GetProperty("schedule").GetString(), plan.GetProperty("prompts").GetInt32()));
        Assert.Equal(["sim:small-latest", "sim:large-latest"], plan.GetProperty("plan").GetProperty("models").EnumerateArray().Select(m => m.GetString()));
    }

    [Fact]
    public async Task Models_GivenOneWithoutItsKey_ShowsItAsNotConfigured()
    {
        var models = (await app.GetAsync("/api/models")).GetProperty("models").EnumerateArray().ToDictionary(m => m.GetProperty("model").GetString() ?? "");

        Assert.True(models["sim:small-latest"].GetProperty("configured").GetBoolean());
        Assert.False(models["openai:gpt-4.1-mini"].GetProperty("configured").GetBoolean());
        var price = models["openai:gpt-4.1-mini"].GetProperty("price");
        Assert.Equal("openai-2025-04-14", price.GetProperty("label").GetString());
        Assert.Equal(1.60m, price.GetProperty("usdPerMillionTokens").GetProperty("output").GetDecimal());
    }

    [Fact]
    public async Task OpenApi_GivenTheMappedRoutes_NamesExactlyThose()
    {
        var document = await app.GetAsync("/api/openapi.json");

        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Where(m => m.Name is "get" or "post" or "put" or "delete" or "patch").Select(m => $"{m.Name} {p.Name}"));
        Assert.Equal(MappedRoutes().Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void FunctionJson_GivenTheMappedRoutes_LetsExactlyTheirMethodsThrough()
    {
        using var function = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Api", "function.json")));

        var methods = function.RootElement.GetProperty("bindings")[0].GetProperty("methods").EnumerateArray().Select(m => m.GetString());
        Assert.Equal(MappedRoutes().Select(static r => r.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal), methods.Order(StringComparer.Ordinal)); // the host answers any other with 404
    }

    private static IEnumerable<string> MappedRoutes()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging();
        var web = builder.Build();
        using var composition = new Composition(_ => null, TimeProvider.System, NullLoggerFactory.Instance);
        web.MapApi(composition);
        return ((IEndpointRouteBuilder)web).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(m => $"{m.ToLowerInvariant()} {e.RoutePattern.RawText}"))
            .ToArray(); // the catch-all, which answers 404, has no method
    }

    private static async Task<string> ProblemAsync(AppProcess process)
    {
        using var answer = await process.Http.GetAsync(new Uri("/api/health", UriKind.Relative));
        var health = await AppFixture.ReadAsync(answer, HttpStatusCode.ServiceUnavailable);
        Assert.Equal("faulty", health.GetProperty("status").GetString());
        return string.Join('\n', health.GetProperty("problems").EnumerateArray().Select(p => p.GetString()));
    }
}
