using System.Net.Http.Headers;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using CostMonitor.Core.Alerts;

namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>Mail through Azure Communication Services, with the app's identity. Accepted by the service counts as delivered.</summary>
internal sealed class AzureEmailSink(
    string name, AlertSeverity leastSeverity, Uri endpoint, string from, IReadOnlyList<string> to, TokenCredential credential, SinkHttp http) : IAlertSink
{
    private static readonly TokenRequestContext Scope = new(["https://communication.azure.com/.default"]);

    public string Name => name;

    public AlertSeverity LeastSeverity => leastSeverity;

    public async Task<SinkAnswer> SendAsync(SinkNotice notice, CancellationToken cancellationToken)
    {
        var request = SinkJson.Post(new Uri(endpoint, "/emails:send?api-version=2023-03-31"), SinkJson.Bytes(json => Write(json, notice, from, to)));
        try
        {
            var token = await credential.GetTokenAsync(Scope, cancellationToken);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
        }
        catch (AuthenticationFailedException e)
        {
            request.Dispose();
            return new SinkAnswer(NoticeText.Clipped($"No token for mail: {NoticeText.OneLine(e.Message)}", 300));
        }

        return await http.SendAsync(request, cancellationToken);
    }

    public static void Write(Utf8JsonWriter json, SinkNotice notice, string from, IReadOnlyList<string> to)
    {
        json.WriteStartObject();
        json.WriteString("senderAddress", from);
        json.WriteStartObject("recipients");
        json.WriteStartArray("to");
        foreach (var address in to)
        {
            json.WriteStartObject();
            json.WriteString("address", address);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("content");
        json.WriteString("subject", MailText.Subject(notice));
        json.WriteString("plainText", MailText.Body(notice));
        json.WriteEndObject();
        json.WriteStartObject("headers");
        json.WriteString(MailText.IdHeader, notice.Id);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
