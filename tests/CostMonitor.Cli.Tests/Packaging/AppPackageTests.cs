using System.IO.Compression;
using System.Text.Json;
using CostMonitor.Cli.Packaging;
using CostMonitor.Cli.StandIn;

namespace CostMonitor.Cli.Tests.Packaging;

public sealed class AppPackageTests : IDisposable
{
    private readonly PackageFolder _folder = new();

    [Fact]
    public void Write_GivenAFolder_LaysItOutAsThePlatformReadsIt()
    {
        var packed = AppPackage.Write(_folder.Published, _folder.Zip);

        using var zip = ZipFile.OpenRead(packed.Path);
        Assert.Equal(
            ["Tick/function.json", "handler", "handler.dll", "handler.runtimeconfig.json", "host.json", "samples/canary.json", "samples/notes.xml"],
            zip.Entries.Select(e => e.FullName));
        Assert.Equal("100777", Convert.ToString((uint)zip.GetEntry("handler")!.ExternalAttributes >> 16, 8));
        Assert.All(zip.Entries.Where(e => e.Name != "handler"), e => Assert.Equal("100666", Convert.ToString((uint)e.ExternalAttributes >> 16, 8)));
        Assert.Equal(("handler", 7, new FileInfo(packed.Path).Length), (packed.Starts, packed.Files, packed.Bytes));
    }

    [Fact]
    public void Write_GivenTheSameFilesAtAnotherTime_GivesTheSameBytes()
    {
        var first = AppPackage.Write(_folder.Published, _folder.Zip);
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Published, "handler"), new DateTime(2031, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        var second = AppPackage.Write(_folder.Published, _folder.Zip + "2");
        _folder.Write("samples/canary.json", "{ }");
        var third = AppPackage.Write(_folder.Published, _folder.Zip + "3");

        Assert.Equal(File.ReadAllBytes(first.Path), File.ReadAllBytes(second.Path));
        Assert.Equal(first.Sha256, second.Sha256);
        Assert.NotEqual(first.Sha256, third.Sha256);
    }

    [Theory]
    [InlineData("local.settings.json")]
    [InlineData("samples/.env")]
    [InlineData("production.env")]
    [InlineData("certificate.pfx")]
    [InlineData("Tick/private.key")]
    [InlineData("private.pem")]
    public void Write_GivenAFileThatMayHoldKeys_LeavesItOutAndNamesIt(string name)
    {
        var without = AppPackage.Write(_folder.Published, _folder.Zip).Sha256;
        _folder.Write(name, "secret");

        Assert.Equal(without, AppPackage.Write(_folder.Published, _folder.Zip).Sha256);
        Assert.Equal([name], PackageFiles.Secret(_folder.Published));
    }

    [Fact]
    public void Unpack_GivenAPackage_LetsTheOwnersSettingsStay()
    {
        var target = _folder.Published + "-unpacked";
        Directory.CreateDirectory(target);
        File.WriteAllText(Path.Combine(target, "local.settings.json"), "mine");
        File.WriteAllText(Path.Combine(target, "host.json"), "old");

        AppPackage.Unpack(AppPackage.Write(_folder.Published, _folder.Zip).Path, target);

        Assert.Equal("mine", File.ReadAllText(Path.Combine(target, "local.settings.json")));
        Assert.Equal(File.ReadAllText(Path.Combine(_folder.Published, "host.json")), File.ReadAllText(Path.Combine(target, "host.json")));
        if (!OperatingSystem.IsWindows()) Assert.True(File.GetUnixFileMode(Path.Combine(target, "handler")).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public void SayUnix_GivenAZipOfAnotherSystem_MarksEveryEntry()
    {
        var packed = AppPackage.Write(_folder.Published, _folder.Zip);
        var bytes = File.ReadAllBytes(packed.Path);
        var systems = Systems(bytes);
        foreach (var at in systems) bytes[at] = 0; // what .NET writes on Windows
        using var stream = new MemoryStream(bytes);

        ZipOrigin.SayUnix(stream);

        Assert.Equal(packed.Files, systems.Count);
        Assert.All(systems, at => Assert.Equal(3, bytes[at]));
        Assert.Equal(File.ReadAllBytes(packed.Path), bytes);
    }

    [Fact]
    public void SayUnix_GivenNoZip_SaysSo() =>
        Assert.Throws<InvalidDataException>(() => ZipOrigin.SayUnix(new MemoryStream(new byte[100])));

    [Fact]
    public void Write_GivenAFolderThatCannotStart_NamesAllFaults()
    {
        _folder.Write("host.json", """{"customHandler":{"description":{"defaultExecutablePath":"app"}}}""");
        _folder.Delete("Tick/function.json");

        var refused = Assert.Throws<SettingsException>(() => AppPackage.Write(_folder.Published, _folder.Zip));

        Assert.Equal(
            [
                $"host.json: $.customHandler.description.defaultExecutablePath: there is no file app in {_folder.Published}",
                ".: $: expected a folder with a function.json for each function; there is none",
            ],
            refused.Faults.Select(f => f.ToString()));
        Assert.False(File.Exists(_folder.Zip));
    }

    [Fact]
    public void Write_GivenAnAppThatNeedsAnInstalledRuntime_SaysHowToPublishIt()
    {
        _folder.Write("handler.runtimeconfig.json", """{"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App"}}}""");

        var fault = Assert.Single(Assert.Throws<SettingsException>(() => AppPackage.Write(_folder.Published, _folder.Zip)).Faults);

        Assert.Contains("--self-contained", fault.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("./handler", "without ./ before it")]
    [InlineData("/bin/sh", "a path within the folder")]
    [InlineData("handler.dll", "linux-x64")]
    public void Write_GivenAnExecutableThatThePlatformCannotStart_SaysWhy(string executable, string reason)
    {
        _folder.Write("host.json", """{"customHandler":{"description":{"defaultExecutablePath":"handler"}}}""".Replace("handler\"", executable + "\"", StringComparison.Ordinal));

        var fault = Assert.Single(Assert.Throws<SettingsException>(() => AppPackage.Write(_folder.Published, _folder.Zip)).Faults);

        Assert.Contains(reason, fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeployPackage_GivenAFolder_PrintsWhatItPackedAsJson()
    {
        _folder.Write("local.settings.json", "secret");

        var run = await Costmon.RunAsync("deploy", "package", "--folder", _folder.Published, "--out", _folder.Zip, "--json");

        var packed = AppPackage.Write(_folder.Published, _folder.Zip + "2");
        var printed = JsonElement.Parse(run.Output);
        Assert.Equal((0, "local.settings.json stays out: it may hold keys, which belong into app settings or a key vault.\n"), (run.ExitCode, run.Words));
        Assert.Equal(["package", "starts", "files", "bytes", "sha256"], printed.EnumerateObject().Select(p => p.Name));
        Assert.Equal((_folder.Zip, "handler", packed.Sha256), (printed.GetProperty("package").GetString(), printed.GetProperty("starts").GetString(), printed.GetProperty("sha256").GetString()));
        Assert.Equal((packed.Files, packed.Bytes), (printed.GetProperty("files").GetInt32(), printed.GetProperty("bytes").GetInt64()));
    }

    [Fact]
    public async Task DeployPackage_GivenAFolderThatIsNotThere_CouldNot()
    {
        var run = await Costmon.RunAsync("deploy", "package", "--folder", "/no/such/folder", "--out", _folder.Zip);

        Assert.Equal((2, "", "There is no folder /no/such/folder.\n"), (run.ExitCode, run.Output, run.Words));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Where each entry of the central directory says its system.</summary>
    private static List<int> Systems(byte[] zip)
    {
        var found = new List<int>();
        for (var i = 0; i + 4 < zip.Length; i++)
        {
            if (zip.AsSpan(i, 4).SequenceEqual("PK\u0001\u0002"u8)) found.Add(i + 5);
        }

        return found;
    }
}
