using System.Text;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>Asks for an answer, looks at it as it passes, and makes a cached one of it. Where an attempt keeps the text it is not kept twice.</summary>
internal abstract class AnswerCollector(ModelCall call)
{
    private StringBuilder? _text, _reasoning;
    private string? _finishReason, _answeredBy;
    private bool _hasOther;

    protected ModelCall Call => call;

    /// <param name="stop">Cancelled when nobody wants the answer any more.</param>
    public abstract IAsyncEnumerable<ChatResponseUpdate> Ask(CancellationToken stop);

    /// <summary>What the complete answer is to those who wait.</summary>
    public abstract Landed Land();

    public void Note(ChatResponseUpdate update)
    {
        var isKept = call.Attempt is not null;
        for (var i = 0; i < update.Contents.Count; i++)
        {
            switch (update.Contents[i])
            {
                case TextContent text:
                    if (!isKept) (_text ??= new StringBuilder()).Append(text.Text);
                    break;
                case TextReasoningContent reasoning:
                    if (!isKept) (_reasoning ??= new StringBuilder()).Append(reasoning.Text);
                    break;
                case UsageContent:
                    break;
                default:
                    _hasOther = true;
                    break;
            }
        }

        _finishReason = update.FinishReason?.Value ?? _finishReason;
        _answeredBy = update.ModelId ?? _answeredBy;
    }

    /// <summary>The answer, once its stream has ended; null if it was more than text, or none at all: only text can be given again.</summary>
    public CachedAnswer? ToAnswer(ModelKey model, DateTimeOffset now)
    {
        if (call.Cache is not null) return call.Answer;
        var attempt = call.Attempt;
        var text = attempt?.Text ?? _text?.ToString() ?? "";
        if (_hasOther || text.Length == 0) return null;
        var deployment = attempt?.Deployment.Model ?? model;
        return new CachedAnswer
        {
            Model = model,
            Deployment = deployment,
            BilledAs = attempt?.BilledAs ?? attempt?.Deployment.Offer ?? new Offer(deployment),
            Tokens = attempt?.Usage(out _)?.Tokens ?? new TokenUsage { Input = call.PromptTokens, Output = TokenEstimator.Count(text) },
            Text = text,
            Reasoning = attempt is null ? _reasoning?.ToString() : attempt.Reasoning,
            FinishReason = _finishReason,
            AnsweredBy = _answeredBy,
            Stored = now,
            PromptVersion = call.Settings.PromptVersion,
            Segment = call.Settings.Segment,
        };
    }
}
