using System.Net;
using System.Text;

namespace CostMonitor.Storage.Tests;

/// <summary>Answers requests in turn, the last answer again and again, and keeps what was asked.</summary>
internal sealed class StubHandler(params Func<HttpResponseMessage>[] answers) : HttpMessageHandler
{
    public List<(HttpMethod Method, Uri Address, string Headers, string Body)> Requests { get; } = [];

    public StorageAccount Account => new(
        new StorageEndpoints(new Uri("http://tables.test"), new Uri("http://queues.test")),
        new SharedKey("acct", "0123456789abcdef"u8.ToArray()),
        new TransportSettings { Handler = this, RetryDelay = TimeSpan.Zero });

    public static Func<HttpResponseMessage> Lost => () => throw new HttpRequestException("the connection was reset");

    public static Func<HttpResponseMessage> Answer(HttpStatusCode status, string body = "", params (string Name, string Value)[] headers) => () =>
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8) };
        foreach (var (name, value) in headers) response.Headers.TryAddWithoutValidation(name, value);
        return response;
    };

    public static Func<HttpResponseMessage> Refusal(HttpStatusCode status, string code, string message = "why") =>
        Answer(status, $$$"""{"odata.error":{"code":"{{{code}}}","message":{"lang":"en-US","value":"{{{message}}}\nRequestId:1"} } }""");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add((request.Method, request.RequestUri!, request.Headers.ToString(), body));
        return answers[Math.Min(Requests.Count, answers.Length) - 1]();
    }
}
