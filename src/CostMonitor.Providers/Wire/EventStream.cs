using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Configuration;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Wire;

/// <summary>Turns a stream of events into updates: one for each piece of text as it comes, and a last one for the whole answer.</summary>
internal static class EventStream
{
    // Behind the last event only the end of the body is due. Reading it gives the connection back to the pool before the next call
    // wants one; a server that keeps the body open is not waited for.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromMilliseconds(200);

    public static async IAsyncEnumerable<ChatResponseUpdate> ReadAsync(
        ModelEntry entry, HttpResponseMessage response, AnswerReader reader, CallTrace? trace, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var bounded = new BoundedEvents(body, reader, entry.Model);
        await using var events = SseParser.Create(bounded, reader.Read).EnumerateAsync(reading.Token).GetAsyncEnumerator(CancellationToken.None);
        var (tokens, isEnded) = (false, false);
        while (!isEnded && await MoveNextAsync(entry, events))
        {
            var e = events.Current.Data;
            if (trace is not null) trace.ServiceTier = reader.ServiceTier;
            if (e.Error is { } error) throw Refusal.InStream(entry, error, tokens);
            isEnded = e.IsEnd;
            if (string.IsNullOrEmpty(e.Text) && string.IsNullOrEmpty(e.Reasoning)) continue;
            tokens = true;
            yield return Update(reader, e);
        }

        Check(entry, reader, tokens, isEnded);
        yield return Whole(reader);
        if (isEnded) await ReadToEndAsync(events, reading);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> MoveNextAsync(ModelEntry entry, IAsyncEnumerator<SseItem<StreamEvent>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (JsonException e)
        {
            throw new ModelCallException(
                FailureStage.Parse, "invalid_json", $"{entry.Model} sent an event that is not JSON of its format.", e) { HttpStatus = 200 };
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw BrokeOff(entry, "the connection broke off", e);
        }
    }

    private static ChatResponseUpdate Update(AnswerReader reader, StreamEvent e)
    {
        AIContent[] contents = (string.IsNullOrEmpty(e.Reasoning), string.IsNullOrEmpty(e.Text)) switch
        {
            (true, _) => [new TextContent(e.Text)],
            (_, true) => [new TextReasoningContent(e.Reasoning)],
            _ => [new TextReasoningContent(e.Reasoning), new TextContent(e.Text)],
        };
        return new ChatResponseUpdate(ChatRole.Assistant, contents) { ResponseId = reader.Id, ModelId = reader.Model };
    }

    private static void Check(ModelEntry entry, AnswerReader reader, bool tokens, bool isEnded)
    {
        if (reader.Events == 0)
        {
            throw new ModelCallException(FailureStage.Parse, "empty_body", $"{entry.Model} answered with no event at all.") { HttpStatus = 200 };
        }

        if (!isEnded && reader.FinishReason is null) throw BrokeOff(entry, "the stream ended before the answer did", null);
        if (!tokens && reader.FinishReason is null)
        {
            throw new ModelCallException(
                FailureStage.Parse, "empty_choices", $"{entry.Model} ended its stream without a choice.") { HttpStatus = 200 };
        }
    }

    private static ModelCallException BrokeOff(ModelEntry entry, string what, Exception? inner) =>
        new(FailureStage.Stream, "broke_off", $"{entry.Model}: {what}.", inner) { HttpStatus = 200 };

    private static ChatResponseUpdate Whole(AnswerReader reader) => new(ChatRole.Assistant, reader.Usage is { } usage ? [new UsageContent(StandardUsage.Write(usage))] : [])
    {
        ResponseId = reader.Id,
        ModelId = reader.Model,
        FinishReason = reader.FinishReason is { } reason ? new ChatFinishReason(reason) : null,
    };

    private static async ValueTask ReadToEndAsync(IAsyncEnumerator<SseItem<StreamEvent>> events, CancellationTokenSource reading)
    {
        try
        {
            var next = events.MoveNextAsync();
            if (!next.IsCompleted) reading.CancelAfter(LongestEnd);
            await next;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException or JsonException)
        {
            // The answer is complete; what comes behind it says nothing.
        }
    }
}
