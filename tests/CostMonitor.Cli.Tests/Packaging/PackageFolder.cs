namespace CostMonitor.Cli.Tests.Packaging;

/// <summary>A publish folder in small: what the platform starts, a function, and what must stay out.</summary>
internal sealed class PackageFolder : IDisposable
{
    private static readonly byte[] ElfX64 = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0x3E, 0];

    private readonly TempFolder _folder = new();

    public PackageFolder()
    {
        Write("host.json", """{"version":"2.0","customHandler":{"description":{"defaultExecutablePath":"handler"}}}""");
        Write("Tick/function.json", """{"bindings":[]}""");
        Write("handler.runtimeconfig.json", """{"runtimeOptions":{"includedFrameworks":[]}}""");
        Write("handler.dll", "code");
        Write("handler.xml", "<doc/>");
        Write("samples/canary.json", "{}");
        Write("samples/notes.xml", "<notes/>");
        File.WriteAllBytes(Path.Combine(Published, "handler"), ElfX64);
    }

    public string Published => _folder.Of("published");

    public string Zip => _folder.Of("out/app.zip");

    public void Write(string name, string text)
    {
        var path = Path.Combine(Published, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? "");
        File.WriteAllText(path, text);
    }

    public void Delete(string name) => File.Delete(Path.Combine(Published, name));

    public void Dispose() => _folder.Dispose();
}
