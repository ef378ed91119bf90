namespace CostMonitor.Testing.ScriptedServer;

/// <summary>How the scripted server answers one request. The default is three tokens at once, with usage.</summary>
public sealed record Script
{
    public static Script Default { get; } = new();

    public int Status { get; init; } = 200;

    public string ContentType { get; init; } = "text/event-stream";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>If set, this is sent as it is in place of a stream.</summary>
    public string? Body { get; init; }

    /// <summary>From the head of the answer to <see cref="Body"/>.</summary>
    public TimeSpan BodyDelay { get; init; }

    /// <summary>If set, every byte is sent by itself and this follows it.</summary>
    public TimeSpan Drip { get; init; }

    /// <summary>From the request to the head of the answer and the role chunk.</summary>
    public TimeSpan HeaderDelay { get; init; }

    /// <summary>True to send the chunk with the role and no content together with the head.</summary>
    public bool SendsRole { get; init; } = true;

    /// <summary>From the request to the first token; no earlier than <see cref="HeaderDelay"/>.</summary>
    public TimeSpan FirstTokenDelay { get; init; }

    /// <summary>Between two tokens.</summary>
    public TimeSpan Gap { get; init; }

    public int Tokens { get; init; } = 3;

    /// <summary>The text of each token.</summary>
    public string Token { get; init; } = "tok ";

    /// <summary>How many of the tokens come first as reasoning.</summary>
    public int ReasoningTokens { get; init; }

    /// <summary>The value of <c>usage</c> in OpenAI's format; null sends none.</summary>
    public string? Usage { get; init; } = """{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}""";

    public string FinishReason { get; init; } = "stop";

    /// <summary>From the last event to the end of the body, which follows it at once for most servers.</summary>
    public TimeSpan EndDelay { get; init; }

    /// <summary>What happens instead of going on, once <see cref="FaultAfter"/> tokens were sent.</summary>
    public Fault Fault { get; init; }

    public int FaultAfter { get; init; }
}
