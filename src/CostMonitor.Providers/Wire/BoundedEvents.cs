using System.Runtime.CompilerServices;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;

namespace CostMonitor.Providers.Wire;

/// <summary>The body of an answer up to an event that is too long to be one: the parser keeps an event in memory until it ends.</summary>
internal sealed class BoundedEvents(Stream body, AnswerReader reader, ModelKey model) : Stream
{
    /// <summary>The most bytes without the end of an event; by far the longest of a provider is some hundred kB.</summary>
    public const int Longest = 1024 * 1024;

    private int _since, _events;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // The parser asks for more only when it has read every whole event of what it has.
        if (_events != reader.Events) (_events, _since) = (reader.Events, 0);
        if (_since > Longest)
        {
            throw new ModelCallException(FailureStage.Stream, "answer_too_long", $"{model} sent more than {Longest / 1024} kB without the end of an event.") { HttpStatus = 200 };
        }

        var read = await body.ReadAsync(buffer, cancellationToken);
        _since += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The body is read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
