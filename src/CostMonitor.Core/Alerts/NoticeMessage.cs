using System.Text;
using System.Text.Json;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Alerts;

/// <summary>The queue message that has a notice delivered.</summary>
/// <param name="Key">The alert's.</param>
/// <param name="Notice">What is to be told of it.</param>
public sealed record NoticeMessage(AlertKey Key, AlertNotice Notice)
{
    /// <summary>Its JSON. None of its names is one of the host's own metadata.</summary>
    public string ToJson()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("alert", Key.Id);
            json.WriteString("notice", EnumNames.Of(Notice));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <exception cref="InputException">The text is no such message.</exception>
    public static NoticeMessage Parse(string json) => InputFaults.ReadJson(json, "queue message", root =>
    {
        root.AllowOnly("alert", "notice");
        var id = root.RequiredText("alert", "an alert's id");
        root.Required("notice", EnumNames.All<AlertNotice>());
        var notice = root.OptionalName("notice", AlertNotice.Firing);
        if (AlertKey.TryParse(id, out var key)) return new NoticeMessage(key, notice);
        if (id.Length > 0) root.Property("alert")?.Fault($"'{id}' is no alert's id: expected scope|period|rule.");
        return null;
    });
}
