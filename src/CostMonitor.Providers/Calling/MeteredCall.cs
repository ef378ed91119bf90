using System.Text;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>The measurement of one call under way.</summary>
internal sealed class MeteredCall(TimeProvider time, CallTrace trace)
{
    private readonly long _start = time.GetTimestamp();
    private readonly StringBuilder _text = new();
    private readonly List<int> _gapsUs = [];
    private long _firstToken, _firstContent, _lastToken, _reasoning;
    private TokenUsage? _usage;
    private string? _finishReason, _answeredBy;

    /// <summary>Whether anything of an answer has come.</summary>
    public bool HasBegun => trace.HasAnswer || _lastToken != 0;

    /// <summary>Takes an update that has just come. One without text is no token: a role, a finish reason, usage.</summary>
    public void Add(ChatResponseUpdate update)
    {
        var now = time.GetTimestamp();
        var (hasReasoning, hasContent) = (false, false);
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextReasoningContent { Text.Length: > 0 } reasoning:
                    hasReasoning = true;
                    _reasoning += TokenEstimator.Count(reasoning.Text);
                    break;
                case TextContent { Text.Length: > 0 } text:
                    hasContent = true;
                    _text.Append(text.Text);
                    break;
                case UsageContent usage:
                    _usage = UsageParts.ToExclusive(usage.Details) ?? _usage;
                    break;
            }
        }

        if (hasReasoning || hasContent) AddToken(now, hasContent);
        _finishReason = update.FinishReason?.Value ?? _finishReason;
        _answeredBy ??= update.ModelId;
    }

    public RunOutcome.Succeeded Succeeded(CompletionRequest request) => new()
    {
        Timings = Timings(),
        Usage = Usage() ?? Estimate(request),
        FinishReason = _finishReason,
        Text = _text.ToString(),
        AnsweredBy = _answeredBy,
        ProviderRequestId = trace.RequestId,
    };

    public RunOutcome.Failed Failed(CompletionRequest request, ProviderException fault) => new()
    {
        Stage = fault.Stage,
        ErrorType = fault.ErrorType,
        Message = fault.Message,
        HttpStatus = fault.HttpStatus,
        Timings = Timings(),
        Usage = Usage() ?? (fault.Stage == FailureStage.Stream ? Estimate(request) : null), // it was working on the call: it will bill it
        FinishReason = _finishReason,
        Text = _text.ToString(),
        AnsweredBy = _answeredBy,
        ProviderRequestId = trace.RequestId,
    };

    private void AddToken(long now, bool isContent)
    {
        if (_firstToken == 0) _firstToken = now;
        else _gapsUs.Add((int)Math.Min(int.MaxValue, Math.Round(time.GetElapsedTime(_lastToken, now).TotalMicroseconds)));
        if (isContent && _firstContent == 0) _firstContent = now;
        _lastToken = now;
    }

    private CallTimings Timings() => new()
    {
        EndToEnd = time.GetElapsedTime(_start),
        Connect = trace.Connect,
        FirstToken = Since(_firstToken),
        FirstContent = Since(_firstContent),
        LastToken = Since(_lastToken),
        GapsUs = _gapsUs,
    };

    private TimeSpan? Since(long moment) => moment == 0 ? null : time.GetElapsedTime(_start, moment);

    private MeasuredUsage? Usage() => (trace.Usage ?? _usage) is { } tokens ? new MeasuredUsage(tokens, IsEstimated: false) : null;

    private MeasuredUsage Estimate(CompletionRequest request) => new(
        new TokenUsage
        {
            Input = TokenEstimator.CountPrompt(request.System, request.Prompt),
            Output = TokenEstimator.Count(_text.ToString()),
            Reasoning = _reasoning,
        },
        IsEstimated: true);
}
