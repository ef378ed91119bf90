using System.Text;
using System.Text.Json;
using CostMonitor.Core.Alerts;
using CostMonitor.Functions.AlertQueue.Sinks;
using CostMonitor.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace CostMonitor.Functions.Tests.AlertQueue.Sinks;

public sealed class SinkPayloadTests
{
    [Fact]
    public void Teams_GivenANotice_WritesACardWithItsMarkdownTakenLiterally() => Assert.Equal(
        """
        {"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","contentUrl":null,"content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.4","body":[
        {"type":"TextBlock","text":"\\[error\\] Budget team\\_search has reached 95 % & more","size":"Large","weight":"Bolder","color":"Attention","wrap":true},
        {"type":"TextBlock","text":"\\# Non-critical calls are <halved>.\nSee \\*the\\* \\[runbook\\].","wrap":true},
        {"type":"FactSet","facts":[{"title":"Spent","value":"$4,750.00 of $5,000.00"},{"title":"Scope","value":"team:<search>"}]},
        {"type":"TextBlock","text":"2026-11-21 09:30:00Z · budget:team\\_search|2026-11|threshold-95|firing","size":"Small","isSubtle":true,"wrap":true}],
        "actions":[{"type":"Action.OpenUrl","title":"Open the dashboard","url":"https://app.example/dashboard?a=1&b=2"}]}}]}
        """.ReplaceLineEndings(""),
        Text(json => TeamsSink.Write(json, Notices.Firing)));

    [Fact]
    public void Teams_GivenARecovery_IsGoodAndHasNothingEmpty() => Assert.Equal(
        """
        {"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","contentUrl":null,"content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.4","body":[
        {"type":"TextBlock","text":"\\[recovered\\] Over","size":"Large","weight":"Bolder","color":"Good","wrap":true},
        {"type":"TextBlock","text":"2026-11-21 09:30:00Z · budget:team\\_search|2026-11|threshold-95|recovered","size":"Small","isSubtle":true,"wrap":true}]}}]}
        """.ReplaceLineEndings(""),
        Text(json => TeamsSink.Write(json, Notices.Recovered)));

    [Fact]
    public void Slack_GivenANotice_WritesBlocksWithTheThreeCharactersEscaped() => Assert.Equal(
        """
        {"text":"[error] Budget team_search has reached 95 % &amp; more","blocks":[
        {"type":"header","text":{"type":"plain_text","text":"[error] Budget team_search has reached 95 % &amp; more"}},
        {"type":"section","text":{"type":"mrkdwn","text":"# Non-critical calls are &lt;halved&gt;.\nSee *the* [runbook].","verbatim":true}},
        {"type":"section","fields":[{"type":"mrkdwn","text":"*Spent*\n$4,750.00 of $5,000.00","verbatim":true},{"type":"mrkdwn","text":"*Scope*\nteam:&lt;search&gt;","verbatim":true}]},
        {"type":"context","elements":[{"type":"mrkdwn","text":"2026-11-21 09:30:00Z · budget:team_search|2026-11|threshold-95|firing","verbatim":true}]},
        {"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Open the dashboard"},"url":"https://app.example/dashboard?a=1&b=2"}]}]}
        """.ReplaceLineEndings(""),
        Text(json => SlackSink.Write(json, Notices.Firing)));

    [Fact]
    public void Slack_GivenMoreThanABlockHolds_KeepsWithinItsLimits()
    {
        var facts = Enumerable.Range(0, 40).Select(i => new AlertFact($"f{i}", new string('&', 3000))).ToArray();
        var notice = Notices.Firing with { Alert = Notices.Firing.Alert with { Title = new string('<', 500), Text = new string('>', 9000), Facts = facts } };

        var blocks = JsonElement.Parse(Text(json => SlackSink.Write(json, notice))).GetProperty("blocks").EnumerateArray().ToArray();

        Assert.Equal(["header", "section", "section", "section", "section", "context", "actions"], blocks.Select(b => b.GetProperty("type").GetString()));
        Assert.InRange(blocks[0].GetProperty("text").GetProperty("text").GetString()?.Length ?? 0, 20, 150);
        Assert.InRange(blocks[1].GetProperty("text").GetProperty("text").GetString()?.Length ?? 0, 2000, 3000);
        Assert.All(blocks[2].GetProperty("fields").EnumerateArray(), f => Assert.InRange(f.GetProperty("text").GetString()?.Length ?? 0, 1000, 2000));
    }

    [Fact]
    public void Webhook_GivenANotice_WritesAllOfIt() => Assert.Equal(
        """
        {"id":"budget:team_search|2026-11|threshold-95|firing","notice":"firing","scope":"budget:team_search","period":"2026-11","rule":"threshold-95","severity":"error",
        "at":"2026-11-21T09:30:00+00:00","title":"Budget team_search has reached 95 % & more","text":"# Non-critical calls are <halved>.\nSee *the* [runbook].",
        "facts":[{"name":"Spent","value":"$4,750.00 of $5,000.00"},{"name":"Scope","value":"team:<search>"}],"link":"https://app.example/dashboard?a=1&b=2"}
        """.ReplaceLineEndings(""),
        Text(json => WebhookSink.Write(json, Notices.Firing)));

    [Fact] // echo -n '1763717400.{"a":1}' | openssl dgst -sha256 -hmac whsec-1
    public void Signature_GivenATimestampAndABody_IsTheirHmac() => Assert.Equal(
        "sha256=856f66a43468fa12e7dff66e8891e77b372e76b49c13386e2ee82c7ede7caa09", WebhookSink.Signature("whsec-1", "1763717400", Encoding.UTF8.GetBytes("""{"a":1}""")));

    [Fact]
    public void AzureEmail_GivenANotice_WritesAMailInPlainText() => Assert.Equal(
        """
        {"senderAddress":"alerts@example.com","recipients":{"to":[{"address":"ops@example.com"},{"address":"fin@example.com"}]},
        "content":{"subject":"[error] Budget team_search has reached 95 % & more",
        "plainText":"Budget team_search has reached 95 % & more\n\n# Non-critical calls are <halved>.\nSee *the* [runbook].\n\nSpent: $4,750.00 of $5,000.00\nScope: team:<search>\n\nhttps://app.example/dashboard?a=1&b=2\n\n2026-11-21 09:30:00Z · budget:team_search|2026-11|threshold-95|firing\n"},
        "headers":{"X-CostMonitor-Alert":"budget:team_search|2026-11|threshold-95|firing"}}
        """.ReplaceLineEndings(""),
        Text(json => AzureEmailSink.Write(json, Notices.Firing, "alerts@example.com", ["ops@example.com", "fin@example.com"])));

    [Fact]
    public void Subject_GivenLineEnds_StaysOneLine() => Assert.Equal(
        "[error] a  Bcc: x@example.com",
        MailText.Subject(Notices.Firing with { Alert = Notices.Firing.Alert with { Title = "a\r\nBcc: x@example.com" } }));

    [Fact]
    public async Task Monitor_GivenANotice_LogsOneEventWithEveryField()
    {
        var log = new Events();
        var answer = await new MonitorSink(new MonitorReports(new NoTelemetry()), log).SendAsync(Notices.Firing, CancellationToken.None);

        var (level, id, fields, text) = Assert.Single(log.Written);
        Assert.Equal((null, LogLevel.Error, 900, "CostMonitorAlert"), (answer.Failure, level, id.Id, id.Name));
        Assert.Equal(("Error", "Firing", Notices.Firing.Id), ($"{fields["Severity"]}", $"{fields["Notice"]}", fields["AlertId"]));
        Assert.Equal(Text(json => WebhookSink.Write(json, Notices.Firing)), fields["Alert"]);
        Assert.StartsWith("CostMonitorAlert Firing Error budget:team_search|", text, StringComparison.Ordinal);
    }

    private static string Text(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(SinkJson.Bytes(write));

    private sealed class Events : ILogger<MonitorSink>
    {
        public List<(LogLevel, EventId, IReadOnlyDictionary<string, object?>, string)> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add((logLevel, eventId, (state as IEnumerable<KeyValuePair<string, object?>> ?? []).ToDictionary(), formatter(state, exception)));
    }
}
