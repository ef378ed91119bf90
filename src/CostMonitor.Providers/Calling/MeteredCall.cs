using System.Text;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>Takes the times of one call as its updates come, and keeps what they bring.</summary>
internal sealed class MeteredCall(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private readonly List<int> _gapsUs = [];
    private readonly StringBuilder _text = new();
    private StringBuilder? _reasoning;
    private long _first, _firstContent, _last;

    public CallTrace Trace { get; } = new(time);

    public string? FinishReason { get; private set; }

    public string? AnsweredBy { get; private set; }

    public string? ResponseId { get; private set; }

    public UsageDetails? Reported { get; private set; }

    /// <summary>A foreign client's way to report a failure inside its stream.</summary>
    public ErrorContent? Error { get; private set; }

    public bool HasTokens => _first != 0;

    public string Text => _text.ToString();

    public void Note(ChatResponseUpdate update)
    {
        var now = time.GetTimestamp();
        var (isToken, isContent) = (false, false);
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextReasoningContent { Text.Length: > 0 } reasoning:
                    isToken = true;
                    (_reasoning ??= new StringBuilder()).Append(reasoning.Text);
                    break;
                case TextContent { Text.Length: > 0 } text:
                    (isToken, isContent) = (true, true);
                    _text.Append(text.Text);
                    break;
                case FunctionCallContent:
                    (isToken, isContent) = (true, true);
                    break;
                case UsageContent usage:
                    NoteUsage(usage.Details);
                    break;
                case ErrorContent error:
                    Error = error;
                    break;
            }
        }

        if (isToken) NoteToken(now, isContent);
        FinishReason = update.FinishReason?.Value ?? FinishReason;
        AnsweredBy = update.ModelId ?? AnsweredBy;
        ResponseId = update.ResponseId ?? ResponseId;
    }

    public CallTimings Timings() => new()
    {
        EndToEnd = time.GetElapsedTime(_started),
        Connect = Trace.Connect,
        FirstToken = Since(_first),
        FirstContent = Since(_firstContent),
        LastToken = Since(_last),
        GapsUs = _gapsUs,
    };

    /// <summary>Counts what was sent and what has come.</summary>
    public TokenUsage Estimate(CompletionRequest request) => new()
    {
        Input = TokenEstimator.CountPrompt(request.System, request.Prompt),
        Output = TokenEstimator.Count(Text),
        Reasoning = TokenEstimator.Count(_reasoning?.ToString()),
    };

    private void NoteUsage(UsageDetails details)
    {
        // Some clients report in parts: input at the start, output at the end.
        if (Reported is null) Reported = details;
        else Reported.Add(details);
    }

    private void NoteToken(long now, bool isContent)
    {
        if (_first == 0) _first = now;
        else _gapsUs.Add((int)Math.Min(int.MaxValue, Math.Round(time.GetElapsedTime(_last, now).TotalMicroseconds)));
        if (isContent && _firstContent == 0) _firstContent = now;
        _last = now;
    }

    private TimeSpan? Since(long timestamp) => timestamp == 0 ? null : time.GetElapsedTime(_started, timestamp);
}
