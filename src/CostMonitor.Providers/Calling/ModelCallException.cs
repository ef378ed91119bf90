using CostMonitor.Core.Runs;
using CostMonitor.Providers.Wire;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>A call that failed, with what a retry policy and a record need to know of it. The message holds no key and no body.</summary>
public class ModelCallException(FailureStage stage, string errorType, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public FailureStage Stage { get; } = stage;

    /// <inheritdoc cref="RunOutcome.Failed.ErrorType"/>
    public string ErrorType { get; } = errorType;

    /// <summary>The HTTP status, if an answer came.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>How long the provider asks to wait before the next attempt; null if it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The same without what it repeats of the messages: some servers quote what they refuse.</summary>
    internal ModelCallException WithoutPrompt(IReadOnlyList<ChatMessage> messages)
    {
        var message = messages.Aggregate(Message, static (text, m) => Redaction.WithoutPrompt(text, m.Text));
        return message == Message ? this : new ModelCallException(Stage, ErrorType, message, InnerException) { HttpStatus = HttpStatus, RetryAfter = RetryAfter };
    }
}
