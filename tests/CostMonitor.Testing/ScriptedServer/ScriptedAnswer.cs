using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace CostMonitor.Testing.ScriptedServer;

/// <summary>Plays one script as the answer to one request.</summary>
internal sealed class ScriptedAnswer(
    HttpContext context, Script script, ServedRequest request, AnswerFormat format, PreciseTimer timer, CancellationToken cancellationToken)
{
    private const int MostUnflushed = 64 * 1024; // an endless answer must not fill the server's own memory

    private long _due = request.Received;
    private int _unflushed;

    public async Task RunAsync()
    {
        if (script.Fault == Fault.ResetBeforeHead)
        {
            context.Abort();
            return;
        }

        if (script.Fault == Fault.Silence) await Task.Delay(Timeout.Infinite, cancellationToken);
        await WaitAsync(script.HeaderDelay);
        var response = context.Response;
        (response.StatusCode, response.ContentType) = (script.Status, script.ContentType);
        response.Headers["x-request-id"] = request.Id;
        foreach (var (name, value) in script.Headers) response.Headers[name] = value;
        if (script.Body is { } body)
        {
            if (script.BodyDelay > TimeSpan.Zero)
            {
                await response.BodyWriter.FlushAsync(cancellationToken);
                await Task.Delay(script.BodyDelay, cancellationToken);
            }

            await WriteAsync(Encoding.UTF8.GetBytes(body), isFlushed: true);
            request.Ended = Stopwatch.GetTimestamp();
            return;
        }

        await StreamAsync();
    }

    private async Task StreamAsync()
    {
        var isPaced = script.FirstTokenDelay > TimeSpan.Zero || script.Gap > TimeSpan.Zero || script.Fault != Fault.None;
        if (script.SendsRole) await WriteAsync(format.Head(script), isPaced);
        else if (isPaced) await context.Response.BodyWriter.FlushAsync(cancellationToken);
        request.HeadWritten = Stopwatch.GetTimestamp();
        var (reasoning, content) = (format.Token(script.Token, isReasoning: true), format.Token(script.Token, isReasoning: false));
        for (var i = 0; i < script.Tokens; i++)
        {
            if (await FailsAsync(i)) return;
            await WaitAsync(i > 0 ? script.Gap : script.FirstTokenDelay - script.HeaderDelay);
            request.NoteToken(Stopwatch.GetTimestamp());
            await WriteAsync(i < script.ReasoningTokens ? reasoning : content, isPaced);
        }

        if (await FailsAsync(script.Tokens)) return;
        await WriteAsync(format.End(script), isFlushed: script.EndDelay > TimeSpan.Zero);
        if (script.EndDelay > TimeSpan.Zero) await timer.WaitUntilAsync(Stopwatch.GetTimestamp() + (script.EndDelay.Ticks * Stopwatch.Frequency / TimeSpan.TicksPerSecond));
        await context.Response.CompleteAsync();
        request.Ended = Stopwatch.GetTimestamp();
    }

    private async Task<bool> FailsAsync(int sent)
    {
        if (script.Fault == Fault.None || sent != script.FaultAfter) return false;
        switch (script.Fault)
        {
            case Fault.Hang:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case Fault.InvalidJson:
                await WriteAsync(format.InvalidJson, isFlushed: true);
                break;
            case Fault.HalfEvent:
                await WriteAsync(format.HalfEvent, isFlushed: true);
                break;
            case Fault.ErrorEvent:
                await WriteAsync(format.Error, isFlushed: true);
                break;
            case Fault.Cut:
                await timer.WaitUntilAsync(Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 100)); // let the tokens arrive: a reset discards them
                context.Abort();
                break;
        }

        return true;
    }

    // Each wait counts from when the last one was due: lateness does not add up.
    private Task WaitAsync(TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero) return Task.CompletedTask;
        _due += delay.Ticks * Stopwatch.Frequency / TimeSpan.TicksPerSecond;
        return timer.WaitUntilAsync(_due);
    }

    private async ValueTask WriteAsync(byte[] bytes, bool isFlushed)
    {
        var body = context.Response.BodyWriter;
        if (script.Drip > TimeSpan.Zero)
        {
            await DripAsync(body, bytes);
            return;
        }

        bytes.CopyTo(body.GetMemory(bytes.Length));
        body.Advance(bytes.Length);
        _unflushed += bytes.Length;
        if (!isFlushed && _unflushed < MostUnflushed) return;
        _unflushed = 0;
        await FlushAsync(body);
    }

    /// <exception cref="OperationCanceledException">The client has left. It shows here first: a server that is late and has nothing to wait for could write on to its end before it hears of it.</exception>
    private async ValueTask FlushAsync(PipeWriter body)
    {
        if ((await body.FlushAsync(cancellationToken)).IsCompleted) throw new OperationCanceledException("The client has left.");
    }

    private async ValueTask DripAsync(PipeWriter body, byte[] bytes)
    {
        foreach (var one in bytes)
        {
            body.GetSpan(1)[0] = one;
            body.Advance(1);
            await FlushAsync(body);
            await Task.Delay(script.Drip, cancellationToken);
        }
    }
}
