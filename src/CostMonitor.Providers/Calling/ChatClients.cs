using CostMonitor.Providers.Anthropic;
using CostMonitor.Providers.Configuration;
using CostMonitor.Providers.OpenAI;
using CostMonitor.Providers.Simulated;
using CostMonitor.Providers.Wire;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>The chat client that speaks a model's API.</summary>
internal static class ChatClients
{
    public static IChatClient Create(HttpClient http, ModelEntry entry, EntraToken? entra, TimeProvider time) => entry.Api switch
    {
        ModelApi.Anthropic => AnthropicChatClient.Create(http, entry),
        ModelApi.Simulated => new SimulatedChatClient(entry.Model, entry.Simulated ?? new SimulatedProfile(), time),
        _ => OpenAIChatClient.Create(http, entry, entra),
    };
}
