using System.Net.Mail;
using Azure.Core;
using CostMonitor.Core.Alerts;
using CostMonitor.Core.Input;

namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>Reads the file of sinks, <c>{"sinks":[{"name":"ops","kind":"teams","url":{"setting":"TEAMS_WEBHOOK_URL"},"leastSeverity":"warning"}]}</c>.</summary>
/// <remarks>Secrets stand in settings, which the file names: the address of a webhook is one. A sink whose setting is missing is left out, and shown so.</remarks>
internal sealed class SinksFile
{
    private const int MostSinks = 20;

    private readonly Func<string, string?> _setting;
    private readonly Func<TokenCredential> _credential;
    private readonly TimeProvider _time;
    private readonly SinkHttp _public;
    private readonly SinkHttp _any;
    private readonly List<(IAlertSink, string)> _sinks = [];
    private readonly List<(string, string, string)> _missing = [];

    private SinksFile(Func<string, string?> setting, Func<TokenCredential> credential, TimeProvider time) =>
        (_setting, _credential, _time, _public, _any) = (setting, credential, time, new SinkHttp(false, time), new SinkHttp(true, time));

    /// <param name="path">The file; null for none.</param>
    /// <param name="setting">Gives the settings that the file names.</param>
    /// <param name="credential">Gives the app's identity; asked for only where a sink needs it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="monitor">Azure Monitor's sink, which every app has; null where nothing is sent.</param>
    /// <exception cref="InputException">The file is missing or faulty: all its faults.</exception>
    public static AlertSinks Read(string? path, Func<string, string?> setting, Func<TokenCredential> credential, TimeProvider time, IAlertSink? monitor)
    {
        try
        {
            return Parse(path is null ? """{"sinks":[]}""" : File.ReadAllText(path), Path.GetFileName(path) ?? "", setting, credential, time, monitor);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path ?? "", "", $"The file of alert sinks cannot be read: {e.Message}");
        }
    }

    public static AlertSinks Parse(string json, string name, Func<string, string?> setting, Func<TokenCredential> credential, TimeProvider time, IAlertSink? monitor) =>
        InputFaults.ReadJson(json, name, root =>
        {
            var file = new SinksFile(setting, credential, time);
            file.ReadAll(root);
            if (monitor is not null) file._sinks.Add((monitor, AlertSinks.Monitor));
            return new AlertSinks(file._sinks, file._missing);
        });

    private void ReadAll(InputNode root)
    {
        root.AllowOnly("sinks");
        var names = new HashSet<string>(StringComparer.Ordinal) { AlertSinks.Monitor };
        var nodes = root.Required("sinks", "a list of sinks")?.Items("a list of sinks").ToArray() ?? [];
        if (nodes.Length > MostSinks) root.Fault($"Expected at most {MostSinks} sinks, got {nodes.Length}.");
        foreach (var node in nodes)
        {
            var name = node.RequiredText("name", "a name");
            if (name.Length > 0 && (name.Length > 50 || !name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
            {
                node.Property("name")?.Fault($"Expected 1 to 50 lower-case letters, digits or dashes, got '{name}'.");
            }
            else if (name.Length > 0 && !names.Add(name))
            {
                node.Property("name")?.Fault($"There is another sink '{name}'.");
            }

            node.Required("kind", EnumNames.All<SinkKind>());
            ReadOne(node, name, node.OptionalName("kind", SinkKind.Webhook));
        }
    }

    private void ReadOne(InputNode node, string name, SinkKind kind)
    {
        var missing = new List<string>();
        var least = node.OptionalName("leastSeverity", AlertSeverity.Info);
        var allowPrivate = node.Flag("allowPrivate", false);
        var http = allowPrivate ? _any : _public;
        IAlertSink? sink = null;
        switch (kind)
        {
            case SinkKind.Teams or SinkKind.Slack:
                node.AllowOnly("name", "kind", "leastSeverity", "allowPrivate", "url");
                if (Address(node, allowPrivate, missing) is { } channel) sink = kind == SinkKind.Teams ? new TeamsSink(name, least, channel, http) : new SlackSink(name, least, channel, http);
                break;
            case SinkKind.Webhook:
                node.AllowOnly("name", "kind", "leastSeverity", "allowPrivate", "url", "secret");
                var secret = node.Property("secret") is null ? null : Secret(node, "secret", missing);
                if (Address(node, allowPrivate, missing) is { } hook) sink = new WebhookSink(name, least, hook, secret, http, _time);
                break;
            case SinkKind.AzureEmail:
                node.AllowOnly("name", "kind", "leastSeverity", "allowPrivate", "endpoint", "from", "to");
                var endpoint = Endpoint(node);
                var (sender, receivers) = (MailAddressOf(node.Required("from", "a mail address")), Receivers(node));
                if (endpoint is not null) sink = new AzureEmailSink(name, least, endpoint, sender, receivers, _credential(), http);
                break;
            default:
                node.AllowOnly("name", "kind", "leastSeverity", "allowPrivate", "host", "port", "tls", "user", "password", "from", "to");
                sink = new SmtpSink(Smtp(node, missing), name, least, allowPrivate);
                break;
        }

        if (missing.Count > 0) _missing.Add((name, EnumNames.Of(kind), string.Join(" ", missing)));
        else if (sink is not null) _sinks.Add((sink, EnumNames.Of(kind)));
    }

    private SmtpSettings Smtp(InputNode node, List<string> missing) => new()
    {
        Host = node.RequiredText("host", "a mail server's name"),
        Port = (int)(node.OptionalInteger("port", 1, 65535) ?? 587),
        Tls = node.Flag("tls", true),
        User = node.Property("user") is null ? null : Secret(node, "user", missing),
        Password = node.Property("password") is null ? null : Secret(node, "password", missing),
        From = MailAddressOf(node.Required("from", "a mail address")),
        To = Receivers(node),
    };

    private Uri? Address(InputNode node, bool allowPrivate, List<string> missing)
    {
        if (Secret(node, "url", missing) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && IsAllowed(address, allowPrivate)) return address;
        // Not as a fault of the file, and without the value: it stands in a setting, and is a secret.
        missing.Add($"Setting {SettingOf(node, "url")} is no https address{(allowPrivate ? ", nor http to this machine" : "")}.");
        return null;
    }

    private static bool IsAllowed(Uri address, bool allowPrivate) =>
        address.UserInfo.Length == 0 && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && allowPrivate && address.IsLoopback));

    private string? Secret(InputNode node, string property, List<string> missing)
    {
        if (SettingOf(node, property) is not { } name) return null;
        if (_setting(name) is { } value && !string.IsNullOrWhiteSpace(value)) return value.Trim();
        missing.Add($"Setting {name} is missing.");
        return null;
    }

    private static string? SettingOf(InputNode node, string property)
    {
        const string expected = """{"setting":"NAME"}: secrets stand in settings""";
        if (node.Required(property, expected) is not { } reference) return null;
        if (!reference.IsObject)
        {
            reference.Fault($"Expected {expected}."); // what stands here may be a secret, so it is not shown
            return null;
        }

        reference.AllowOnly("setting");
        return reference.RequiredText("setting", "the name of a setting") is { Length: > 0 } name ? name : null;
    }

    private static Uri? Endpoint(InputNode node)
    {
        const string expected = "an https address, as in https://my-mail.communication.azure.com";
        var text = node.RequiredText("endpoint", expected);
        if (text.Length == 0) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps) return address;
        node.Property("endpoint")?.Fault($"Expected {expected}, got '{text}': a token is sent there.");
        return null;
    }

    private static IReadOnlyList<string> Receivers(InputNode node)
    {
        var list = node.Required("to", "a list of mail addresses");
        IReadOnlyList<string> receivers = [.. (list?.Items("a list of mail addresses") ?? []).Select(n => MailAddressOf(n))];
        if (list is { Element.ValueKind: System.Text.Json.JsonValueKind.Array } && receivers.Count is 0 or > 50) list?.Fault($"Expected 1 to 50 mail addresses, got {receivers.Count}.");
        return receivers;
    }

    private static string MailAddressOf(InputNode? node)
    {
        if (node is not { } place) return "";
        var text = place.Text("a mail address");
        if (text.Length > 0 && !MailAddress.TryCreate(text, out _)) place.Fault($"Expected a mail address, got '{text}'.");
        return text;
    }
}
