using System.Globalization;

namespace CostMonitor.Testing.ScriptedServer;

/// <summary>What providers send when they do not answer, as they send it.</summary>
public static class Answers
{
    /// <summary>OpenAI's 429.</summary>
    /// <param name="retryAfter">In its header; null for none.</param>
    public static Script RateLimited(TimeSpan? retryAfter = null) => Error(429, """{"error":{"message":"Rate limit reached.","type":"requests","param":null,"code":"rate_limit_exceeded"}}""") with
    {
        Headers = retryAfter is { } wait ? Header("retry-after-ms", wait.TotalMilliseconds) : Script.Default.Headers,
    };

    /// <summary>A 429 that asks for whole seconds, as the header of the standard does.</summary>
    public static Script RateLimitedForSeconds(int seconds) => RateLimited() with { Headers = Header("Retry-After", seconds) };

    /// <summary>OpenAI's 429 of an account without money: no wait helps.</summary>
    public static Script NoQuota { get; } =
        Error(429, """{"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}""");

    public static Script ServerError { get; } = Error(500, """{"error":{"message":"The server had an error.","type":"server_error","param":null,"code":null}}""");

    /// <summary>A gateway's page in place of the API's error.</summary>
    public static Script BadGateway { get; } = new() { Status = 502, ContentType = "text/html", Body = "<html><h1>502 Bad Gateway</h1></html>" };

    /// <summary>Status 200 with an error for a body.</summary>
    public static Script ErrorInside200 { get; } = Error(200, """{"error":{"message":"The engine is overloaded.","type":"server_error","code":"overloaded"}}""");

    /// <summary>Azure's refusal of a prompt, with what its filter found.</summary>
    public static Script PromptFiltered { get; } = Error(
        400,
        """
        {"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,
        "innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"},"jailbreak":{"filtered":false,"detected":false},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}}}}
        """);

    /// <summary>An answer that the filter ended.</summary>
    public static Script AnswerFiltered { get; } = new() { FinishReason = "content_filter" };

    public static Script Error(int status, string json) => new() { Status = status, ContentType = "application/json", Body = json };

    private static Dictionary<string, string> Header(string name, double value) => new() { [name] = value.ToString(CultureInfo.InvariantCulture) };
}
