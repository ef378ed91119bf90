using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Repricing;
using CostMonitor.Core.Runs;

namespace CostMonitor.Cli.Files;

/// <summary>A block of lines after a change of costs: what it becomes, and what became of each run.</summary>
internal sealed class RepricedBlock
{
    private readonly ArrayBufferWriter<byte> _changed = new();
    private readonly List<(ModelKey Model, RepricedCost Cost)> _costs = [];
    private readonly List<InputFault> _faults = [];
    private readonly ReadOnlyMemory<byte> _original;
    private int _copied;

    private RepricedBlock(ReadOnlyMemory<byte> original) => _original = original;

    /// <summary>The block's new bytes: those of the file where nothing changed.</summary>
    public ReadOnlyMemory<byte> Bytes => _copied == 0 ? _original : _changed.WrittenMemory;

    public IReadOnlyList<(ModelKey Model, RepricedCost Cost)> Costs => _costs;

    /// <summary>Lines that are no run records.</summary>
    public IReadOnlyList<InputFault> Faults => _faults;

    public static RepricedBlock Of(string file, ReadOnlyMemory<byte> lines, long linesBefore, CostChange change)
    {
        var block = new RepricedBlock(lines);
        using var json = new Utf8JsonWriter(block._changed);
        var start = 0;
        for (var line = linesBefore + 1; lines.Span[start..].IndexOf((byte)'\n') is var length and >= 0; line++, start += length + 1)
        {
            var text = lines.Span.Slice(start, length).TrimEnd((byte)'\r').Length;
            if (text > 0) block.Add(file, line, start, text, change, json);
        }

        if (block._copied > 0) block._changed.Write(lines.Span[block._copied..]);
        return block;
    }

    private void Add(string file, long line, int start, int length, CostChange change, Utf8JsonWriter json)
    {
        try
        {
            using var document = JsonDocument.Parse(_original.Slice(start, length));
            var run = RunJson.Read(document.RootElement);
            var cost = change.Of(run);
            _costs.Add((run.Model, cost));
            if (change.Head is null || cost.Verdict != CostVerdict.Changed) return;
            _changed.Write(_original.Span[_copied..start]);
            json.Reset();
            RunJson.WriteWithCost(json, document.RootElement, change.Applied(run, cost.After));
            json.Flush();
            _copied = start + length;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            _faults.Add(new InputFault(file, string.Create(CultureInfo.InvariantCulture, $"line {line}"), e.Message));
        }
    }
}
