using System.Text.Json;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Calling;

/// <summary>The one JSON form of tags and priority, in plans, batches and records: <c>"tags":{"team":"search"},"priority":"critical"</c>. What is not set is left out.</summary>
public static class CallTagsJson
{
    private static readonly string[] Names = [.. Enum.GetValues<TagDimension>().Select(EnumNames.Of)];

    /// <summary>Writes <c>tags</c> into the object that is open, if there are any.</summary>
    public static void Write(Utf8JsonWriter json, CallTags tags)
    {
        if (tags == CallTags.None) return;
        json.WriteStartObject("tags");
        foreach (var dimension in Enum.GetValues<TagDimension>())
        {
            if (tags[dimension] is { } value) json.WriteString(EnumNames.Of(dimension), value);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes <c>tags</c> and <c>priority</c> into the object that is open; a normal priority is left out.</summary>
    public static void Write(Utf8JsonWriter json, CallTags tags, CallPriority priority)
    {
        Write(json, tags);
        if (priority != CallPriority.Normal) json.WriteString("priority", EnumNames.Of(priority));
    }

    /// <summary>Reads <c>tags</c> of a plan, a batch or a prompt; those that are no tags are noted and left out.</summary>
    public static CallTags ReadTags(InputNode root)
    {
        var tags = CallTags.None;
        if (root.Property("tags") is not { } node) return tags;
        node.AllowOnly(Names);
        foreach (var dimension in Enum.GetValues<TagDimension>())
        {
            if (node.Property(EnumNames.Of(dimension)) is not { } tag) continue;
            if (tag.Text($"a tag of {CallTags.Rule}") is not { Length: > 0 } value) continue;
            if (CallTags.IsValid(value)) tags = tags.With(dimension, value);
            else tag.Fault($"{tag.Shown()} is no tag: expected {CallTags.Rule}.");
        }

        return tags;
    }

    /// <summary>Reads <c>priority</c> of a plan or a batch: normal if not set.</summary>
    public static CallPriority ReadPriority(InputNode root) => root.OptionalName("priority", CallPriority.Normal);

    /// <summary>Takes from a stored record what <see cref="Write(Utf8JsonWriter, CallTags, CallPriority)"/> wrote.</summary>
    /// <exception cref="ArgumentException">A value is no tag.</exception>
    /// <exception cref="FormatException">The priority is none.</exception>
    internal static (CallTags Tags, CallPriority Priority) Read(JsonElement record)
    {
        var (tags, priority) = (CallTags.None, CallPriority.Normal);
        if (record.TryGetProperty("tags", out var node))
        {
            foreach (var dimension in Enum.GetValues<TagDimension>())
            {
                if (node.TryGetProperty(EnumNames.Of(dimension), out var value)) tags = tags.With(dimension, value.GetString());
            }
        }

        if (record.TryGetProperty("priority", out var name) && !EnumNames.TryParse(name.GetString(), out priority))
        {
            throw new FormatException($"'{name}' is no priority.");
        }

        return (tags, priority);
    }
}
