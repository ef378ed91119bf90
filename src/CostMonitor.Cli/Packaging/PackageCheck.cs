using System.Text.Json.Nodes;
using CostMonitor.Cli.StandIn;

namespace CostMonitor.Cli.Packaging;

/// <summary>What a folder must hold so that the platform can start it: what <c>func pack</c> looks at, and what only shows in Azure otherwise.</summary>
internal static class PackageCheck
{
    private const byte X64 = 0x3E; // e_machine of an ELF file
    private const string Executable = "$.customHandler.description.defaultExecutablePath";

    private static readonly byte[] Elf = [0x7F, (byte)'E', (byte)'L', (byte)'F'];

    /// <returns>The entry name of the executable.</returns>
    /// <exception cref="SettingsException">All that is missing or wrong.</exception>
    public static string Check(string folder)
    {
        var faults = new List<SettingsFault>();
        var host = new JsonSection("host.json", "$", AppSettings.ReadObject(folder, "host.json", faults) ?? [], faults);
        var name = faults.Count > 0 ? "" : host.Section("customHandler").Section("description").RequiredText("defaultExecutablePath");
        if (name.Length > 0) CheckExecutable(folder, name, faults);
        if (!Directory.EnumerateDirectories(folder).Any(f => File.Exists(Path.Combine(f, "function.json"))))
        {
            faults.Add(new(".", "$", "expected a folder with a function.json for each function; there is none"));
        }

        return faults.Count == 0 ? name : throw new SettingsException(faults);
    }

    private static void CheckExecutable(string folder, string name, List<SettingsFault> faults)
    {
        var path = Path.Combine(folder, name);
        if (Path.IsPathRooted(name) || name.StartsWith('.') || name.Contains('\\'))
        {
            // The executable bit is set on the entry of exactly this name.
            faults.Add(new("host.json", Executable, $"expected a path within the folder, without ./ before it; got \"{name}\""));
        }
        else if (!File.Exists(path))
        {
            faults.Add(new("host.json", Executable, $"there is no file {name} in {folder}"));
        }
        else if (!IsLinuxX64(path))
        {
            faults.Add(new(name, "$", "expected an executable of linux-x64: publish with -r linux-x64"));
        }
        else if (!HasOwnRuntime(folder, name))
        {
            faults.Add(new(name + ".runtimeconfig.json", "$.runtimeOptions.includedFrameworks", "the app needs an installed .NET runtime, which the platform's image may lack: publish with --self-contained"));
        }
    }

    private static bool IsLinuxX64(string path)
    {
        Span<byte> header = stackalloc byte[19];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length && header.StartsWith(Elf) && header[18] == X64;
    }

    /// <summary>A single file has no such configuration beside it, and its runtime within.</summary>
    private static bool HasOwnRuntime(string folder, string name) =>
        !File.Exists(Path.Combine(folder, name + ".runtimeconfig.json"))
        || JsonNode.Parse(File.ReadAllText(Path.Combine(folder, name + ".runtimeconfig.json")))?["runtimeOptions"]?["includedFrameworks"] is not null;
}
