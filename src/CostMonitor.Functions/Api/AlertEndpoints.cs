using System.Text.Json;
using CostMonitor.Core.Alerts;
using CostMonitor.Core.Input;
using CostMonitor.Functions.AlertQueue;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.Api;

/// <summary>Shows alerts, takes acknowledgements and silences, and tests the sinks.</summary>
internal sealed class AlertEndpoints(Composition composition)
{
    private const string States = "firing, recovered, undelivered or all";

    private static readonly TimeSpan LongestSilence = TimeSpan.FromDays(366);

    /// <summary>GET /api/alerts?state=&amp;top=&amp;continuation=.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var query = new ApiQuery(context.Request);
        var top = query.Integer("top", ApiLimits.DefaultPage, 1, ApiLimits.MaxPage);
        var state = query.Text("state") ?? "all";
        if (state is not ("firing" or "recovered" or "undelivered" or "all")) query.Fault("state", $"Expected {States}, got '{state}'.");
        query.ThrowIfFaulty();
        var app = await composition.GetAsync(context.RequestAborted);
        var (alerts, continuation) = await PageAsync(app, state, top, query.Text("continuation"), context.RequestAborted);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("alerts");
            foreach (var alert in alerts) AlertJson.Write(json, alert);
            json.WriteEndArray();
            json.WriteString("continuation", continuation);
            json.WriteEndObject();
        });
    }

    /// <summary>POST /api/alerts/{id}/acknowledge, {"by":"..."}.</summary>
    public async Task AcknowledgeAsync(HttpContext context)
    {
        var id = context.Request.RouteValues["id"] as string;
        if (!AlertKey.TryParse(id, out var key)) throw ApiProblem.NotFound($"alert '{id}': an alert's id is scope|period|rule");
        var by = InputFaults.ReadJson(await BodyAsync(context), "body", root =>
        {
            root.AllowOnly("by");
            return Short(root, "by", "who takes the alert on", 100);
        });
        var app = await composition.GetAsync(context.RequestAborted);
        var kept = await app.Alerts.Table.AcknowledgeAsync(key, by, context.RequestAborted) ?? throw ApiProblem.NotFound($"alert '{id}'");
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json => AlertJson.Write(json, kept));
    }

    /// <summary>POST /api/alerts/test: a synthetic alert through every sink, and what each answered.</summary>
    public async Task TestAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var answers = await app.Alerts.TestAsync(context.RequestAborted);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("sinks");
            foreach (var (name, kind, answer) in answers) WriteSink(json, name, kind, ("delivered", answer.Failure is null), ("error", answer.Failure));
            foreach (var (name, kind, missing) in app.Alerts.Sinks.NotConfigured) WriteSink(json, name, kind, ("delivered", false), ("error", $"Not configured: {missing}"));
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>GET /api/alerts/silences: those in force.</summary>
    public async Task SilencesAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var silences = await app.Alerts.Table.SilencesAsync(context.RequestAborted);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("silences");
            foreach (var silence in silences) AlertJson.Write(json, silence);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>POST /api/alerts/silences, {"scope":"...","rule":"...","until":"...","reason":"..."}: a scope, a rule or both.</summary>
    public async Task SilenceAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var silence = ReadSilence(await BodyAsync(context), app.Time.GetUtcNow());
        await app.Alerts.Table.SilenceAsync(silence, context.RequestAborted);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status201Created, json => AlertJson.Write(json, silence));
    }

    /// <summary>DELETE /api/alerts/silences/{id}.</summary>
    public async Task EndSilenceAsync(HttpContext context)
    {
        var id = context.Request.RouteValues["id"] as string ?? "";
        var app = await composition.GetAsync(context.RequestAborted);
        var isOurs = id.Length is > 0 and <= 50 && id.All(char.IsAsciiLetterOrDigit); // nothing else may come into a key
        if (!isOurs || !await app.Alerts.Table.EndSilenceAsync(id, context.RequestAborted)) throw ApiProblem.NotFound($"silence '{id}'");
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("ended", id);
            json.WriteEndObject();
        });
    }

    /// <summary>The part of the health answer that tells of alerts.</summary>
    public static void WriteHealth(Utf8JsonWriter json, AlertSinks sinks, int undelivered)
    {
        json.WriteStartObject("alerts");
        json.WriteNumber("undelivered", undelivered);
        json.WriteStartArray("sinks");
        foreach (var (sink, kind) in sinks.All) WriteSink(json, sink.Name, kind, ("configured", true), null);
        foreach (var (name, kind, missing) in sinks.NotConfigured) WriteSink(json, name, kind, ("configured", false), ("missing", missing));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSink(Utf8JsonWriter json, string name, string kind, (string Name, bool Value) flag, (string Name, string? Value)? words)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("kind", kind);
        json.WriteBoolean(flag.Name, flag.Value);
        if (words is (var property, { } text)) json.WriteString(property, text);
        json.WriteEndObject();
    }

    private static AlertSilence ReadSilence(string body, DateTimeOffset now) => InputFaults.ReadJson(body, "body", root =>
    {
        root.AllowOnly("scope", "rule", "until", "reason");
        var silence = new AlertSilence
        {
            Id = Guid.NewGuid().ToString("N")[..12],
            Scope = root.OptionalText("scope", "an alert's scope"),
            Rule = root.OptionalText("rule", "an alert's rule"),
            Created = now,
            Until = Until(root, now),
            Reason = Short(root, "reason", "why", 500),
        };
        if (root.IsObject && silence is { Scope: null, Rule: null }) root.Fault("Expected a scope, a rule or both.");
        return silence;
    });

    private static DateTimeOffset Until(InputNode root, DateTimeOffset now)
    {
        const string expected = "a time from now to a year on, as in 2026-11-21T18:00:00Z";
        if (root.Required("until", expected) is not { } node) return now;
        if (node.IsString && node.Element.TryGetDateTimeOffset(out var until) && until > now && until - now <= LongestSilence) return until.ToUniversalTime();
        node.Fault($"Expected {expected}, got {node.Shown()}.");
        return now;
    }

    private static string Short(InputNode root, string name, string expected, int most)
    {
        var text = root.RequiredText(name, expected);
        if (text.Length > most) root.Property(name)?.Fault($"Expected at most {most} characters, got {text.Length}.");
        return text;
    }

    private static async Task<(IReadOnlyList<KeptAlert> Alerts, string? Continuation)> PageAsync(
        RunningApp app, string state, int top, string? continuation, CancellationToken cancellationToken)
    {
        try
        {
            var isUndelivered = state == "undelivered";
            var wanted = EnumNames.TryParse(state, out AlertNotice notice) ? notice : (AlertNotice?)null;
            return await app.Alerts.Table.PageAsync(wanted, isUndelivered, top, continuation, cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw new ApiProblem(StatusCodes.Status400BadRequest, e.Message);
        }
    }

    private static async Task<string> BodyAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        return await reader.ReadToEndAsync(context.RequestAborted);
    }
}
