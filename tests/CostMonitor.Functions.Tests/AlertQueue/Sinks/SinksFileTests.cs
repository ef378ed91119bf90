using CostMonitor.Core.Input;
using CostMonitor.Functions.AlertQueue;
using CostMonitor.Functions.AlertQueue.Sinks;
using CostMonitor.Functions.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace CostMonitor.Functions.Tests.AlertQueue.Sinks;

public sealed class SinksFileTests
{
    [Fact]
    public void Parse_GivenOneOfEachKind_KnowsThemAllAndAzureMonitor()
    {
        var sinks = Parse("""
            {"sinks":[
              {"name":"ops","kind":"teams","url":{"setting":"HOOK"},"leastSeverity":"warning"},
              {"name":"chat","kind":"slack","url":{"setting":"HOOK"}},
              {"name":"hook","kind":"webhook","url":{"setting":"LOCAL"},"secret":{"setting":"SECRET"},"allowPrivate":true},
              {"name":"smtp","kind":"smtp","host":"smtp.example.com","user":{"setting":"SECRET"},"password":{"setting":"SECRET"},"from":"a@example.com","to":["b@example.com"]}]}
            """);

        Assert.Equal(["ops teams", "chat slack", "hook webhook", "smtp smtp", "monitor monitor"], sinks.All.Select(s => $"{s.Sink.Name} {s.Kind}"));
        Assert.Equal(Core.Alerts.AlertSeverity.Warning, sinks.Sinks[0].LeastSeverity);
        Assert.True(sinks.HasExternal);
        Assert.Empty(sinks.NotConfigured);
    }

    [Fact]
    public void Parse_GivenSettingsThatAreMissingOrUnfit_ShowsTheSinksAsNotConfiguredWithoutTheValues()
    {
        var sinks = Parse("""
            {"sinks":[
              {"name":"a","kind":"teams","url":{"setting":"NONE"}},
              {"name":"b","kind":"webhook","url":{"setting":"LOCAL"}},
              {"name":"c","kind":"webhook","url":{"setting":"HOOK"},"secret":{"setting":"NO_SECRET"}},
              {"name":"d","kind":"webhook","url":{"setting":"PLAIN"},"allowPrivate":true}]}
            """);

        Assert.Equal(
            [
                ("a", "teams", "Setting NONE is missing."), ("b", "webhook", "Setting LOCAL is no https address."), ("c", "webhook", "Setting NO_SECRET is missing."),
                ("d", "webhook", "Setting PLAIN is no https address, nor http to this machine."),
            ],
            sinks.NotConfigured);
        Assert.False(sinks.HasExternal);
    }

    [Fact]
    public void Parse_GivenFaults_SaysAllOfThemAndNoSecret()
    {
        var e = Assert.Throws<InputException>(() => Parse("""
            {"sinks":[
              {"name":"Ops","kind":"teams","url":"https://example.com/s3cr3t","colour":"red"},
              {"name":"monitor","kind":"pager"},
              {"name":"m","kind":"azure-email","endpoint":"http://mail.example","from":"nobody","to":[],"leastSeverity":"loud"}]}
            """));

        Assert.Equal(
            [
                "$.sinks[0].name: Expected 1 to 50 lower-case letters, digits or dashes, got 'Ops'.",
                "$.sinks[0].colour: Unknown property; expected one of name, kind, leastSeverity, allowPrivate, url.",
                """$.sinks[0].url: Expected {"setting":"NAME"}: secrets stand in settings.""",
                "$.sinks[1].name: There is another sink 'monitor'.",
                "$.sinks[1].kind: Expected one of teams, slack, webhook, azure-email, smtp, got \"pager\".",
                """$.sinks[1]: 'url' is missing; expected {"setting":"NAME"}: secrets stand in settings.""",
                "$.sinks[2].leastSeverity: Expected one of info, warning, error, critical, got \"loud\".",
                "$.sinks[2].endpoint: Expected an https address, as in https://my-mail.communication.azure.com, got 'http://mail.example': a token is sent there.",
                "$.sinks[2].from: Expected a mail address, got 'nobody'.",
                "$.sinks[2].to: Expected 1 to 50 mail addresses, got 0.",
            ],
            e.Faults.Select(f => $"{f.Path}: {f.Problem}"));
    }

    private static AlertSinks Parse(string json) => SinksFile.Parse(
        json,
        "alert-sinks.json",
        name => name switch
        {
            "HOOK" => "https://example.com/hook/s3cr3t", "LOCAL" => "http://127.0.0.1:9/hook", "PLAIN" => "http://example.com/hook", "SECRET" => "whsec-1", _ => null,
        },
        () => throw new InvalidOperationException("No sink here needs an identity."),
        TimeProvider.System,
        new MonitorSink(new MonitorReports(new NoTelemetry()), NullLogger<MonitorSink>.Instance));
}
