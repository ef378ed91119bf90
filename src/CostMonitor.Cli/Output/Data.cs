using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace CostMonitor.Cli.Output;

/// <summary>Writes data to stdout: as JSON, or as a table for people.</summary>
internal static class Data
{
    /// <summary>Wide enough for every table of ours when no terminal says how wide it is.</summary>
    private const int WidthWithoutTerminal = 160;

    public static void Json(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true })) write(json);
        Console.Out.WriteLine(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    public static void Table(Table table)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected) console.Profile.Width = WidthWithoutTerminal;
        console.Write(table);
    }
}
