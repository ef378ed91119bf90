using System.Globalization;
using System.Text;
using System.Xml;

namespace CostMonitor.Storage.Queues;

/// <summary>The queue service's XML, with messages in base64 as the Functions host expects them by default.</summary>
internal static class QueueXml
{
    /// <summary>The most UTF-8 bytes of a message: 64 KiB of base64.</summary>
    public const int MaxTextBytes = 48 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException">The text is too long.</exception>
    public static byte[] Write(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        if (size > MaxTextBytes)
            throw new ArgumentException($"The message has {size} bytes of UTF-8; the limit is {MaxTextBytes}, which fill 64 KiB as base64.", nameof(text));
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        return Encoding.ASCII.GetBytes($"<QueueMessage><MessageText>{base64}</MessageText></QueueMessage>");
    }

    public static List<QueueMessage> Read(Stream body)
    {
        var messages = new List<QueueMessage>();
        using var reader = XmlReader.Create(body);
        while (reader.ReadToFollowing("QueueMessage")) messages.Add(ReadMessage(reader.ReadSubtree()));
        return messages;
    }

    private static QueueMessage ReadMessage(XmlReader reader)
    {
        var message = new QueueMessage("", "", "", 0, default, default, default);
        reader.Read();
        reader.ReadStartElement();
        while (reader.MoveToContent() == XmlNodeType.Element)
        {
            var name = reader.LocalName;
            var value = reader.ReadElementContentAsString();
            message = name switch
            {
                "MessageId" => message with { MessageId = value },
                "PopReceipt" => message with { PopReceipt = value },
                "DequeueCount" => message with { DequeueCount = long.Parse(value, CultureInfo.InvariantCulture) },
                "InsertionTime" => message with { InsertionTime = Time(value) },
                "ExpirationTime" => message with { ExpirationTime = Time(value) },
                "TimeNextVisible" => message with { NextVisibleTime = Time(value) },
                "MessageText" => Decode(message, value),
                _ => message,
            };
        }
        return message;
    }

    private static QueueMessage Decode(QueueMessage message, string raw)
    {
        try
        {
            return message with { Text = StrictUtf8.GetString(Convert.FromBase64String(raw)) };
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return message with { Text = raw, IsDecoded = false };
        }
    }

    private static DateTimeOffset Time(string value) =>
        DateTimeOffset.Parse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
