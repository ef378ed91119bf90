using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace CostMonitor.Cli.Api;

/// <summary>Calls the REST API of an app, local or on Azure.</summary>
/// <param name="app">Its address, without the path.</param>
/// <param name="key">The function key; null for a local app, which asks for none.</param>
internal sealed class AppClient(Uri app, string? key) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = app, Timeout = TimeSpan.FromMinutes(4) };

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    /// <summary>As the other one, and takes one more status for an answer.</summary>
    public Task<JsonElement> GetAsync(string path, HttpStatusCode alsoFine, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken, alsoFine);

    public Task<JsonElement> PostAsync(string path, string body, string contentType, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = Content(body, contentType) }, cancellationToken);

    public Task<JsonElement> PutAsync(string path, string body, string contentType, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Put, path) { Content = Content(body, contentType) }, cancellationToken);

    public Task<JsonElement> DeleteAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), cancellationToken);

    public void Dispose() => _http.Dispose();

    private static StringContent Content(string body, string contentType)
    {
        var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType) { CharSet = "utf-8" };
        return content;
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken, HttpStatusCode? alsoFine = null)
    {
        using (request)
        {
            if (key is not null) request.Headers.Add("x-functions-key", key);
            using var response = await _http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.IsSuccessStatusCode || response.StatusCode == alsoFine) return Parsed(request, body);
            throw new ApiException($"{request.Method} {request.RequestUri} answered {(int)response.StatusCode}: {Problem(body)}");
        }
    }

    private static JsonElement Parsed(HttpRequestMessage request, string body)
    {
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            throw new ApiException($"{request.Method} {request.RequestUri} did not answer with JSON: is this a CostMonitor app?");
        }
    }

    private static string Problem(string body)
    {
        try
        {
            var problem = JsonElement.Parse(body);
            var text = new StringBuilder(problem.GetProperty("title").GetString());
            if (!problem.TryGetProperty("faults", out var faults)) return text.ToString();
            foreach (var fault in faults.EnumerateArray())
            {
                text.Append(Environment.NewLine).Append(' ').Append(fault.GetProperty("in")).Append(' ').Append(fault.GetProperty("at"))
                    .Append(": ").Append(fault.GetProperty("problem"));
            }

            return text.ToString();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return body.Length <= 300 ? body : body[..300] + "...";
        }
    }
}
