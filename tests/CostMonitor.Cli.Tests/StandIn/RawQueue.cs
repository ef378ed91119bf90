using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace CostMonitor.Cli.Tests.StandIn;

/// <summary>Sends a queue message as it is, which our own client never does: it always writes base64.</summary>
internal static class RawQueue
{
    public static async Task SendAsync(string connectionString, string queue, string text)
    {
        var parts = connectionString.TrimEnd(';').Split(';').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        var address = new Uri($"{parts["QueueEndpoint"]}/{queue}/messages");
        var body = Encoding.UTF8.GetBytes($"<QueueMessage><MessageText>{text}</MessageText></QueueMessage>");
        var date = TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        var toSign = $"POST\n\n\n{body.Length}\n\napplication/xml\n\n\n\n\n\n\nx-ms-date:{date}\nx-ms-version:2021-12-02\n/{parts["AccountName"]}{address.AbsolutePath}";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(parts["AccountKey"]), Encoding.UTF8.GetBytes(toSign)));
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
        request.Headers.Add("x-ms-date", date);
        request.Headers.Add("x-ms-version", "2021-12-02");
        request.Headers.Authorization = new AuthenticationHeaderValue("SharedKey", $"{parts["AccountName"]}:{signature}");
        using var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }
}
