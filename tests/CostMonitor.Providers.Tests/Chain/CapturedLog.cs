using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>One line of a log: its level, event and text, and the values in it.</summary>
internal sealed record LogLine(LogLevel Level, EventId Event, string Text, IReadOnlyDictionary<string, object?> Values)
{
    public object? this[string name] => Values.GetValueOrDefault(name);
}

/// <summary>A log that keeps its lines.</summary>
internal sealed class CapturedLog(LogLevel least = LogLevel.Information) : ILogger
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    public LogLine Line => Xunit.Assert.Single(Lines);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(new LogLine(
            logLevel, eventId, formatter(state, exception), state is IReadOnlyList<KeyValuePair<string, object?>> values ? values.ToDictionary() : new Dictionary<string, object?>()));
}
