using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Configuration;

namespace CostMonitor.Providers.Tests;

/// <summary>What most tests start from.</summary>
internal static class Given
{
    public const string Key = "sk-test-0123456789abcdef";

    public const string Prompt = "Name the capital of France, please.";

    public static readonly ModelKey Chat = new("openai", "gpt-4o-mini"), Reasoning = new("openai", "gpt-5"),
        Azure = new("azure-openai", "gpt-4o"), Entra = new("azure-openai", "gpt-4.1"), Compatible = new("local", "llama"),
        Claude = new("anthropic", "claude-sonnet"), Mock = new("sim", "mock");

    private const string Models =
        """
        { "capabilities": {
            "openai-chat": { "temperature": true, "topP": true, "seed": true, "jsonMode": true, "usageInStream": true, "serviceTier": true },
            "openai-reasoning": { "maxTokensParameter": "max_completion_tokens", "seed": true, "jsonMode": true, "usageInStream": true, "systemRole": "developer" },
            "anthropic": { "defaultMaxTokens": 1024, "temperature": true, "topP": true },
            "bare": {} },
          "models": [
            { "model": "openai:gpt-4o-mini", "api": "openai", "endpoint": "%SERVER%v1/", "keySetting": "KEY", "capabilities": "openai-chat" },
            { "model": "openai:gpt-5", "api": "openai", "endpoint": "%SERVER%v1/", "keySetting": "KEY", "capabilities": "openai-reasoning" },
            { "model": "azure-openai:gpt-4o", "api": "azure-openai", "endpoint": "%SERVER%", "deployment": "my-gpt-4o", "keySetting": "KEY", "capabilities": "openai-chat" },
            { "model": "azure-openai:gpt-4.1", "api": "azure-openai", "endpoint": "%SERVER%", "auth": "entra", "capabilities": "openai-chat" },
            { "model": "local:llama", "api": "openai-compatible", "endpoint": "%SERVER%v1/", "capabilities": "bare" },
            { "model": "anthropic:claude-sonnet", "api": "anthropic", "endpoint": "%SERVER%", "keySetting": "KEY", "capabilities": "anthropic" },
            { "model": "sim:mock", "api": "simulated", "simulated": { "fixedTokens": 9 } } ] }
        """;

    public static ModelConfiguration Configuration(Uri server) =>
        ModelConfiguration.Parse(Models, "models.json", name => name switch { "SERVER" => server.ToString(), "KEY" => Key, _ => null });

    public static ModelClients Clients(Uri server, Action<UsageDoubt>? onDoubt = null) =>
        new(Configuration(server), null, TimeProvider.System, onDoubt);

    public static CompletionRequest Request(ModelKey model, TimeSpan? timeout = null) => new()
    {
        Model = model,
        System = "Be brief.",
        Prompt = Prompt,
        Timeout = timeout ?? TimeSpan.FromSeconds(30),
    };

    public static CompletionRequest FullRequest(ModelKey model) =>
        Request(model) with { Parameters = new GenerationParameters(64, 0.2, 0.9, 7), WantsJson = true };

    public static string File(params ReadOnlySpan<string> path) => System.IO.File.ReadAllText(Path.Combine([AppContext.BaseDirectory, .. path]));
}
