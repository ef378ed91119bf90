using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CostMonitor.Core.Input;
using CostMonitor.Core.Runs;

namespace CostMonitor.Cli.Files;

/// <summary>A file with one run record a line, each handed to the disk before the next: what was measured survives a kill.</summary>
internal sealed class JsonlRunFile : IRunWriter, IDisposable
{
    private readonly FileStream _file;
    private readonly Lock _lock = new();

    private JsonlRunFile(FileStream file) => _file = file;

    /// <summary>Opens a file to append to. A last line that a kill cut off is removed: its run has no record.</summary>
    public static JsonlRunFile Append(string path)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        file.SetLength(EndOfLastLine(file));
        file.Seek(0, SeekOrigin.End);
        return new JsonlRunFile(file);
    }

    /// <summary>The records of a file. A last line without its end was cut off by a kill and is no record.</summary>
    /// <exception cref="InputException">Every line that is no record.</exception>
    public static IReadOnlyList<RunRecord> Read(string path)
    {
        var faults = new InputFaults();
        var runs = new List<RunRecord>();
        var text = InputFiles.Text(path);
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length - 1; i++)
        {
            if (lines[i].Length == 0) continue;
            try
            {
                using var line = JsonDocument.Parse(lines[i]);
                runs.Add(RunJson.Read(line.RootElement));
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                faults.Add(path, string.Create(CultureInfo.InvariantCulture, $"line {i + 1}"), e.Message);
            }
        }

        faults.ThrowIfAny();
        return runs;
    }

    public Task AddAsync(RunRecord record, CancellationToken cancellationToken)
    {
        var line = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(line)) RunJson.Write(json, record);
        line.Write("\n"u8);
        lock (_lock)
        {
            _file.Write(line.WrittenSpan);
            _file.Flush(flushToDisk: true);
        }

        return Task.CompletedTask;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The length of a file without a last line that a kill cut off.</summary>
    internal static long EndOfLastLine(FileStream file)
    {
        for (var end = file.Length; end > 0; end--)
        {
            file.Seek(end - 1, SeekOrigin.Begin);
            if (file.ReadByte() == '\n') return end;
        }

        return 0;
    }
}
