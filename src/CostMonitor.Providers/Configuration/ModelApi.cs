namespace CostMonitor.Providers.Configuration;

/// <summary>The wire format that a model is called in.</summary>
public enum ModelApi
{
    /// <summary>Chat completions of OpenAI itself.</summary>
    OpenAI,

    /// <summary>Chat completions of Azure OpenAI's v1 endpoint, by key or by Entra token.</summary>
    AzureOpenAI,

    /// <summary>Chat completions of any server that speaks OpenAI's format; a key is optional.</summary>
    OpenAICompatible,

    /// <summary>Anthropic's Messages API.</summary>
    Anthropic,

    /// <summary>A simulated model inside the process: no key, no network.</summary>
    Simulated,
}
