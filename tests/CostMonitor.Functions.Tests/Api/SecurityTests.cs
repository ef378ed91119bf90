using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CostMonitor.Functions.Tests.Running;

namespace CostMonitor.Functions.Tests.Api;

/// <summary>What docs/security.md promises of the API.</summary>
public sealed class SecurityTests(AppFixture app) : IClassFixture<AppFixture>
{
    private const int MiB = 1024 * 1024;

    public static TheoryData<string, string> Bodies => new()
    {
        { "PUT", "/api/prices/openai" }, { "PUT", "/api/budgets/any" }, { "POST", "/api/alerts/silences" }, { "POST", "/api/alerts/a|b|c/acknowledge" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_GivenMoreThanAMebibyte_IsRefusedAsAProblem(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(new string(' ', MiB + 1), Encoding.UTF8, "application/json") };

        using var answer = await app.Http.SendAsync(request);
        var problem = await AppFixture.ReadAsync(answer, HttpStatusCode.RequestEntityTooLarge);

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains($"{MiB} bytes", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_GivenNoLengthAndMoreThanAMebibyte_IsRefusedAsAProblem()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/budgets/any") { Content = new StringContent(new string(' ', MiB + 1)) };
        request.Headers.TransferEncodingChunked = true;

        using var answer = await app.Http.SendAsync(request);

        await AppFixture.ReadAsync(answer, HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Body_GivenABatchOfMoreThanAMebibyte_IsRead()
    {
        var batch = AppFixture.BatchOf("large", 1)[..^1] + new string(' ', MiB) + "}";

        var answer = await app.PostAsync("/api/batches", batch);

        Assert.Equal("large", answer.GetProperty("batch").GetString());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/models")]
    [InlineData("/api/nothing")]
    public async Task Answer_GivenAnyPath_TellsBrowsersAndCachesNotToGuessOrKeepIt(string path)
    {
        using var answer = await app.Http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal(new CacheControlHeaderValue { NoStore = true }, answer.Headers.CacheControl);
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("GET", "/api/batches/<script>alert(1)<%2Fscript>", null)]
    [InlineData("GET", "/api/summary?by=<script>alert(1)</script>", null)]
    [InlineData("GET", "/api/<img src=x onerror=alert(1)>", null)]
    [InlineData("PUT", "/api/budgets/any", """{"<script>alert(1)</script>":"<script>alert(1)</script>"}""")]
    public async Task Problem_GivenHtmlInTheRequest_RepeatsItEscaped(string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body);

        using var answer = await app.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain('<', text);
        Assert.Contains("alert(1)", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problem_GivenStorageThatFails_TellsNothingOfIt()
    {
        await using var storage = await StorageStub.StartAsync(403, "AuthenticationFailed");
        await using var process = await AppProcess.StartAsync(new Dictionary<string, string>(app.Settings) { ["AzureWebJobsStorage"] = storage.ConnectionString });

        using var answer = await process.Http.GetAsync(new Uri("/api/models", UriKind.Relative));
        var body = await answer.Content.ReadAsStringAsync();

        Assert.Equal("Storage or settings are not as the app needs them; see /api/health.", (await AppFixture.ReadAsync(answer, HttpStatusCode.ServiceUnavailable)).GetProperty("title").GetString());
        Assert.DoesNotContain(StorageStub.Key, body, StringComparison.Ordinal);
        Assert.Equal(0, process.LinesWith(StorageStub.Key));
        Assert.Equal(1, await process.CountLinesAsync("/api/models failed: StorageException", 1)); // while the log says why
    }
}
