using System.Globalization;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using CostMonitor.Providers.Calling;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>Takes the times of one attempt as its updates come, and keeps what they bring.</summary>
internal sealed class AttemptMeter(Deployment deployment, ModelCall call, TimeSpan at, TimeSpan wait, TimeProvider time)
{
    private const string ContentFilter = "content_filter";
    private readonly long _started = time.GetTimestamp();
    private readonly List<int>? _gapsUs = call.KeepsGaps ? [] : null;
    private readonly KeptText? _kept = call.KeepsText ? new KeptText() : null;
    private TokenCounter _textTokens, _reasoningTokens;
    private bool _hasReasoning;
    private CallTrace? _trace;
    private long _first, _firstContent, _last, _ended;
    private int _characters;

    public Deployment Deployment { get; } = deployment;

    /// <summary>What the wire knows; made when it is first asked for, since not every client has a wire.</summary>
    public CallTrace Trace => _trace ??= new CallTrace(time);

    public string? FinishReason { get; private set; }

    public string? AnsweredBy { get; private set; }

    public string? ResponseId { get; private set; }

    public UsageDetails? Reported { get; private set; }

    /// <summary>Why the attempt failed; null while it runs, if it answered, or if its caller gave up.</summary>
    public ModelCallException? Failure { get; private set; }

    public bool HasTokens => _first != 0;

    /// <summary>Whether the head of an answer has come.</summary>
    public bool IsAnswered => _trace is { IsAnswered: true };

    /// <summary>From the start of the attempt to its end, or to now.</summary>
    public TimeSpan Took => _ended == 0 ? time.GetElapsedTime(_started) : time.GetElapsedTime(_started, _ended);

    /// <summary>The answer, once the attempt has ended and if the call keeps it; else empty.</summary>
    public string Text => IsEnded && _kept is { } kept ? kept.Text.Whole() : "";

    /// <summary>The text of the model's reasoning, likewise; null if it showed none.</summary>
    public string? Reasoning => IsEnded && _hasReasoning ? _kept?.Reasoning.Whole() : null;

    public string? ProviderRequestId => _trace?.RequestId ?? ResponseId;

    /// <summary>What the attempt is billed as; null where that is the model under its own name in the ordinary form.</summary>
    public Offer? BilledAs
    {
        get
        {
            if (Deployment.BilledAs is null && _trace?.ServiceTier is null) return null;
            var served = ServedTier.Of(Deployment.Offer, _trace?.ServiceTier);
            return served == new Offer(Deployment.Model) ? null : served;
        }
    }

    /// <exception cref="ModelCallException">A foreign client reports a failure inside its stream, or the answer is longer than the deployment's longest.</exception>
    public void Note(ChatResponseUpdate update)
    {
        var (isToken, isContent) = (false, false);
        for (var i = 0; i < update.Contents.Count; i++) // no enumerator for each update
        {
            switch (update.Contents[i])
            {
                case TextReasoningContent { Text.Length: > 0 } reasoning:
                    isToken = _hasReasoning = true;
                    if (_kept is not null) _kept.Reasoning.Append(reasoning.Text);
                    else _reasoningTokens.Add(reasoning.Text);
                    _characters += reasoning.Text.Length;
                    break;
                case TextContent { Text.Length: > 0 } text:
                    (isToken, isContent) = (true, true);
                    if (_kept is not null) _kept.Text.Append(text.Text);
                    else _textTokens.Add(text.Text);
                    _characters += text.Text.Length;
                    break;
                case FunctionCallContent:
                    (isToken, isContent) = (true, true);
                    break;
                case UsageContent usage:
                    NoteUsage(usage.Details);
                    break;
                case ErrorContent error:
                    throw new ModelCallException(HasTokens ? FailureStage.Stream : FailureStage.Provider, error.ErrorCode ?? "stream_error", $"{Deployment.Model} reported an error in its stream.");
            }
        }

        if (isToken) NoteToken(isContent);
        FinishReason = update.FinishReason?.Value ?? FinishReason;
        AnsweredBy = update.ModelId ?? AnsweredBy;
        ResponseId = update.ResponseId ?? ResponseId;
        if (_characters > Deployment.LongestAnswerCharacters) throw AnswerTooLong();
    }

    public bool IsEnded => _ended != 0;

    public void End() => _ended = time.GetTimestamp();

    public void Fail(ModelCallException failure)
    {
        End();
        Failure = failure;
    }

    public CallTimings Timings() => new()
    {
        EndToEnd = Took,
        Connect = _trace?.Connect,
        FirstToken = Since(_first),
        FirstContent = Since(_firstContent),
        LastToken = Since(_last),
        GapsUs = _gapsUs ?? [],
    };

    /// <summary>What the attempt used: as reported, or else estimated if the provider charges for it; null when it does not or nothing is known.</summary>
    /// <param name="doubt">Why what was reported is not believed; null if it is, or if nothing was.</param>
    public MeasuredUsage? Usage(out string? doubt)
    {
        doubt = null;
        if (Reported is { } reported)
        {
            if (StandardUsage.Read(reported).TryNormalise(HasTokens, out var tokens, out var reason)) return new MeasuredUsage(tokens, IsEstimated: false);
            doubt = reason;
        }

        return IsCharged ? new MeasuredUsage(Estimate(), IsEstimated: true, doubt) : null;
    }

    public CallAttempt ToAttempt() => new()
    {
        Model = Deployment.Model,
        At = at,
        Wait = wait,
        Took = Took,
        HttpStatus = Failure?.HttpStatus ?? _trace?.HttpStatus,
        Failure = Failure is { } e ? new RunFailure(e.Stage, e.ErrorType, e.Message, e.HttpStatus ?? _trace?.HttpStatus) : null,
        Usage = Failure is null ? null : Usage(out _),
        BilledAs = BilledAs,
        ProviderRequestId = ProviderRequestId,
    };

    /// <summary>Whether the answer was ended by the provider's content filter.</summary>
    public bool IsFiltered => FinishReason == ContentFilter || Failure?.ErrorType == ContentFilter;

    // Once an answer has begun the prompt was read. Azure also charges prompts that its filter refuses, and its own time-outs (408).
    private bool IsCharged => Failure is not { } e || HasTokens || e.Stage == FailureStage.Stream || e.ErrorType == ContentFilter || e.HttpStatus == 408;

    private ModelCallException AnswerTooLong() => new(
        FailureStage.Stream,
        "answer_too_long",
        string.Create(CultureInfo.InvariantCulture, $"{Deployment.Model}: the answer has {_characters} characters and was ended at {Deployment.LongestAnswerCharacters} (calling.longestAnswerCharacters)."));

    // Counts what was sent and what has come.
    private TokenUsage Estimate() => new()
    {
        Input = call.PromptTokens,
        Output = _kept is not null ? TokenEstimator.Count(Text) : _textTokens.Tokens,
        Reasoning = _kept is not null ? TokenEstimator.Count(Reasoning) : _reasoningTokens.Tokens,
    };

    private void NoteUsage(UsageDetails details)
    {
        // Some clients report in parts: input at the start, output at the end.
        if (Reported is null) Reported = details;
        else Reported.Add(details);
    }

    private void NoteToken(bool isContent)
    {
        var now = time.GetTimestamp();
        if (_first == 0) _first = now;
        else _gapsUs?.Add((int)Math.Min(int.MaxValue, Math.Round(time.GetElapsedTime(_last, now).TotalMicroseconds)));
        if (isContent && _firstContent == 0) _firstContent = now;
        _last = now;
    }

    private sealed class KeptText
    {
        public PooledText Text, Reasoning;
    }

    private TimeSpan? Since(long timestamp) => timestamp == 0 ? null : time.GetElapsedTime(_started, timestamp);
}
