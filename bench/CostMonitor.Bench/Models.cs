using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Configuration;

namespace CostMonitor.Bench;

/// <summary>The one model that all measurements call.</summary>
internal static class Models
{
    public static ModelKey Key { get; } = new("sim", "small-latest");

    public static string File(string endpoint) =>
        $$"""
        { "capabilities": { "chat": { "maxTokensParameter": "max_tokens", "usageInStream": true } },
          "models": [ { "model": "{{Key}}", "api": "openai-compatible", "endpoint": "{{endpoint}}", "capabilities": "chat" } ] }
        """;

    public static ModelClients Clients(string endpoint) =>
        new(ModelConfiguration.Parse(File(endpoint), "models.json", _ => null), null, TimeProvider.System);

    public static CompletionRequest Request(string prompt) => new() { Model = Key, Prompt = prompt, Timeout = TimeSpan.FromSeconds(60) };
}
