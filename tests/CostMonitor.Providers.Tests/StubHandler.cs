using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace CostMonitor.Providers.Tests;

/// <summary>Answers each request with one recorded stream and keeps what it was asked.</summary>
internal sealed class StubHandler(string answer, string contentType = "text/event-stream", HttpStatusCode status = HttpStatusCode.OK)
    : HttpMessageHandler
{
    public List<(Uri? Uri, Dictionary<string, string> Headers, string Body)> Requests { get; } = [];

    public Dictionary<string, string> AnswerHeaders { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add((request.RequestUri, request.Headers.ToDictionary(static h => h.Key, static h => string.Join(',', h.Value)), body));
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(answer)) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        foreach (var (name, value) in AnswerHeaders) response.Headers.TryAddWithoutValidation(name, value);
        return response;
    }
}
