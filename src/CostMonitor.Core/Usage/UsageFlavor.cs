namespace CostMonitor.Core.Usage;

/// <summary>The shapes in which providers report usage; docs/usage.md has the fields, conventions and sources of each.</summary>
public enum UsageFlavor
{
    /// <summary>Chat completions of OpenAI, Azure OpenAI (whose details may be null) and servers that speak their format.</summary>
    ChatCompletions,

    /// <summary>OpenAI's and Azure OpenAI's Responses API.</summary>
    Responses,

    /// <summary>OpenAI's Realtime API: the event <c>response.done</c>.</summary>
    Realtime,

    /// <summary>OpenAI's Images API, for models that are billed by token.</summary>
    Images,

    /// <summary>OpenAI's audio transcriptions, for models that are billed by token.</summary>
    Transcription,

    /// <summary>OpenAI's and Azure OpenAI's embeddings: a prompt and no output.</summary>
    Embeddings,

    /// <summary>Anthropic's Messages API, on whichever cloud.</summary>
    Anthropic,

    /// <summary>Google's Gemini API, on Vertex AI as well, and its Live API.</summary>
    Gemini,

    /// <summary>DeepSeek's chat completions.</summary>
    Deepseek,

    /// <summary>xAI's chat completions.</summary>
    Xai,

    /// <summary>Mistral's chat completions.</summary>
    Mistral,

    /// <summary>Cohere's chat and embeddings.</summary>
    Cohere,

    /// <summary>Amazon Bedrock's Converse API.</summary>
    Bedrock,
}
