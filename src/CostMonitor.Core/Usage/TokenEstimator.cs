namespace CostMonitor.Core.Usage;

/// <summary>Counts tokens when a provider did not: a cut stream, an endpoint that reports no usage.</summary>
/// <remarks>
/// No tokenizer of a provider is used, so the count is an estimate and every record that holds one says so. The rule, after the public
/// rule of thumb of about four characters of English a token: a run of letters or digits counts one token for each started four
/// characters, every other visible character (punctuation, CJK, emoji) one, white space none (it is a part of the next token).
/// </remarks>
public static class TokenEstimator
{
    /// <summary>Tokens that chat endpoints add around each message: the rule of OpenAI's cookbook, three a message and three for the reply.</summary>
    public const int PerMessage = 3;

    /// <returns>Tokens; 0 for an empty text.</returns>
    public static long Count(ReadOnlySpan<char> text)
    {
        var counter = default(TokenCounter);
        counter.Add(text);
        return counter.Tokens;
    }

    /// <summary>The estimated prompt tokens of a chat with these messages.</summary>
    public static long CountPrompt(params ReadOnlySpan<string?> messages)
    {
        long tokens = PerMessage;
        foreach (var message in messages)
        {
            if (message is not null) tokens += PerMessage + Count(message);
        }

        return tokens;
    }
}
