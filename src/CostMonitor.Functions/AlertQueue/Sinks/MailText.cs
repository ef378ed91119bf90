using System.Security.Cryptography;
using System.Text;
using CostMonitor.Core.Alerts;

namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>A notice as a mail in plain text.</summary>
internal static class MailText
{
    /// <summary>The header that carries the notice's id.</summary>
    public const string IdHeader = "X-CostMonitor-Alert";

    public static string Subject(SinkNotice notice) => NoticeText.Title(notice);

    public static string Body(SinkNotice notice)
    {
        var body = new StringBuilder();
        body.Append(notice.Alert.Title).Append("\n\n");
        if (notice.Alert.Text.Length > 0) body.Append(notice.Alert.Text).Append("\n\n");
        foreach (var (name, value) in notice.Alert.Facts) body.Append(name).Append(": ").Append(value).Append('\n');
        if (notice.Alert.Facts.Count > 0) body.Append('\n');
        if (notice.Link is { } link) body.Append(link.AbsoluteUri).Append("\n\n");
        return body.Append(NoticeText.Footer(notice)).Append('\n').ToString();
    }

    /// <summary>The same for the same notice, so that a mailbox that gets it twice can tell.</summary>
    public static string MessageId(SinkNotice notice) => $"<{Digest(notice)}@costmonitor>";

    private static string Digest(SinkNotice notice) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(notice.Id)).AsSpan(0, 16));
}
