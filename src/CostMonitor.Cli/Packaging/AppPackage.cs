using System.IO.Compression;
using System.Security.Cryptography;
using CostMonitor.Cli.StandIn;

namespace CostMonitor.Cli.Packaging;

/// <summary>The zip that is deployed: a publish folder as the platform wants it, the same bytes for the same files.</summary>
internal sealed record AppPackage
{
    private const int Executable = 0x81FF << 16, Plain = 0x81B6 << 16; // 100777 and 100666 in the high half, as Core Tools writes them

    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero); // the earliest that a zip can say

    /// <summary>Full path of the zip.</summary>
    public required string Path { get; init; }

    /// <summary>The entry that the host starts.</summary>
    public required string Starts { get; init; }

    public required int Files { get; init; }

    /// <summary>The zip's size in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of the zip, in lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Packs a publish folder; what may hold keys stays out.</summary>
    /// <exception cref="SettingsException">The platform could not start what the folder holds.</exception>
    public static AppPackage Write(string folder, string zip)
    {
        var executable = PackageCheck.Check(folder);
        var files = PackageFiles.Of(folder);
        var path = System.IO.Path.GetFullPath(zip);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path) ?? ".");
        using (var stream = new FileStream(path, FileMode.Create, FileAccess.ReadWrite))
        {
            using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            {
                foreach (var file in files) Add(archive, System.IO.Path.Combine(folder, file), file, file == executable ? Executable : Plain);
            }

            ZipOrigin.SayUnix(stream);
        }

        using var written = File.OpenRead(path);
        return new AppPackage { Path = path, Starts = executable, Files = files.Count, Bytes = written.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(written)) };
    }

    /// <summary>Unpacks over what lies in the folder; its local.settings.json stays.</summary>
    /// <exception cref="InvalidDataException">It is no zip.</exception>
    public static void Unpack(string zip, string folder) => ZipFile.ExtractToDirectory(zip, folder, overwriteFiles: true);

    private static void Add(ZipArchive archive, string source, string name, int attributes)
    {
        var entry = archive.CreateEntry(name, CompressionLevel.Optimal);
        (entry.LastWriteTime, entry.ExternalAttributes) = (Time, attributes);
        using var from = File.OpenRead(source);
        using var to = entry.Open();
        from.CopyTo(to);
    }
}
