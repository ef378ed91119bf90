using CostMonitor.Core.Input;

namespace CostMonitor.Providers.Configuration;

/// <summary>What a model accepts, as data: requests are built from it and never from a model's name.</summary>
/// <remarks>What an entry does not state is not sent.</remarks>
public sealed record Capabilities
{
    /// <summary>The name of the entry in <c>capabilities</c> of models.json.</summary>
    public required string Name { get; init; }

    /// <summary><c>max_tokens</c> (if not stated) or <c>max_completion_tokens</c>.</summary>
    public string MaxTokensParameter { get; init; } = MaxTokens;

    /// <summary>The output limit for a request that has none; null sends no limit. Anthropic's API demands one.</summary>
    public int? DefaultMaxTokens { get; init; }

    public bool Temperature { get; init; }

    public bool TopP { get; init; }

    public bool Seed { get; init; }

    /// <summary>True if <c>response_format</c> may ask for a JSON object.</summary>
    public bool JsonMode { get; init; }

    /// <summary>True if <c>stream_options</c> may ask for usage at the end of a stream.</summary>
    public bool UsageInStream { get; init; }

    /// <summary>True if <c>service_tier</c> may ask for the flex or priority tier that <c>billedAs</c> names.</summary>
    public bool ServiceTier { get; init; }

    /// <summary>The role of a system instruction: <c>system</c> (if not stated) or <c>developer</c>.</summary>
    public string SystemRole { get; init; } = System;

    internal const string MaxTokens = "max_tokens", MaxCompletionTokens = "max_completion_tokens", System = "system", Developer = "developer";

    internal static Capabilities Read(string name, InputNode node)
    {
        node.AllowOnly(
            "maxTokensParameter", "defaultMaxTokens", "temperature", "topP", "seed", "jsonMode", "usageInStream", "serviceTier", "systemRole");
        return new Capabilities
        {
            Name = name,
            MaxTokensParameter = OneOf(node, "maxTokensParameter", MaxTokens, MaxCompletionTokens),
            DefaultMaxTokens = (int?)node.OptionalInteger("defaultMaxTokens", 1, 10_000_000),
            Temperature = node.Flag("temperature", false),
            TopP = node.Flag("topP", false),
            Seed = node.Flag("seed", false),
            JsonMode = node.Flag("jsonMode", false),
            UsageInStream = node.Flag("usageInStream", false),
            ServiceTier = node.Flag("serviceTier", false),
            SystemRole = OneOf(node, "systemRole", System, Developer),
        };
    }

    private static string OneOf(InputNode node, string property, string first, string second)
    {
        var expected = $"{first} or {second}";
        if (node.Property(property) is not { } value) return first;
        var text = value.Text(expected);
        if (text is not "" && text != first && text != second) value.Fault($"Expected {expected}, got {value.Shown()}.");
        return text == second ? second : first;
    }
}
