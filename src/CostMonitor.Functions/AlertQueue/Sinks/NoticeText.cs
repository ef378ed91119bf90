using CostMonitor.Core.Alerts;
using CostMonitor.Core.Input;

namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>The words of a notice that all sinks have in common.</summary>
internal static class NoticeText
{
    /// <summary>As in <c>[warning] Budget ...</c>, <c>[recovered] Budget ...</c>; one line.</summary>
    public static string Title(SinkNotice notice) =>
        Clipped(OneLine($"[{(notice.Kind == AlertNotice.Recovered ? "recovered" : EnumNames.Of(notice.Severity))}] {notice.Alert.Title}"), 150);

    /// <summary>Where it belongs and its id: a reader of two notices sees by the id whether they are one.</summary>
    public static string Footer(SinkNotice notice) => $"{notice.Alert.At.UtcDateTime:u} · {notice.Id}";

    public static string Clipped(string text, int most) => text.Length <= most ? text : $"{text[..(most - 1)]}…";

    /// <summary>Line ends would begin a header of their own in a mail.</summary>
    public static string OneLine(string text) => new([.. text.Select(static c => char.IsControl(c) ? ' ' : c)]);
}
