using System.CommandLine;
using System.Globalization;
using CostMonitor.Cli.Local;
using CostMonitor.Cli.Output;
using CostMonitor.Cli.Packaging;
using Spectre.Console;

namespace CostMonitor.Cli.Commands.Deploy;

/// <summary><c>costmon deploy package</c>: the zip that is deployed to Azure.</summary>
internal static class DeployPackageCommand
{
    public static Command Create()
    {
        var package = new Option<string>("--out") { Description = "The zip.", DefaultValueFactory = _ => Path.Combine("out", "app.zip") };
        var folder = new Option<string?>("--folder") { Description = "A folder that was published for linux-x64, self-contained; without it, this repository's app is published first." };
        var json = new Option<bool>("--json") { Description = "JSON instead of a table." };
        var command = new Command("package", "Publishes the app and packs it as the platform wants it; the same files give the same bytes.") { package, folder, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var published = parsed.GetValue(folder) is { } given ? Existing(given) : await PublishAsync(cancellationToken);
            foreach (var file in PackageFiles.Secret(published)) Words.Say($"{file} stays out: it may hold keys, which belong into app settings or a key vault.");
            var packed = AppPackage.Write(published, parsed.GetRequiredValue(package));
            if (parsed.GetValue(json)) WriteJson(packed);
            else Data.Table(Table(packed));
            return ExitCodes.Fine;
        });
        return command;
    }

    private static string Existing(string folder) =>
        Directory.Exists(folder) ? Path.GetFullPath(folder) : throw new DirectoryNotFoundException($"There is no folder {folder}.");

    /// <summary>Into an empty folder: what an earlier publish left behind must not be deployed.</summary>
    private static async Task<string> PublishAsync(CancellationToken cancellationToken)
    {
        var repository = AppPublisher.FindRepository()
            ?? throw new InvalidOperationException("Neither --folder nor a CostMonitor repository was found; give --folder with a published app.");
        var folder = Path.Combine(repository, "out", "package");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Words.Say("publishing for linux-x64 ...");
        await AppPublisher.PublishAsync(repository, folder, AppBuild.ForAzure, cancellationToken);
        return folder;
    }

    private static void WriteJson(AppPackage packed) => Data.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("package", packed.Path);
        json.WriteString("starts", packed.Starts);
        json.WriteNumber("files", packed.Files);
        json.WriteNumber("bytes", packed.Bytes);
        json.WriteString("sha256", packed.Sha256);
        json.WriteEndObject();
    });

    private static Table Table(AppPackage packed)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders();
        table.AddColumns("what", "value");
        table.AddRow("package", Markup.Escape(packed.Path));
        table.AddRow("starts", Markup.Escape(packed.Starts));
        table.AddRow("files", packed.Files.ToString(CultureInfo.InvariantCulture));
        table.AddRow("size", string.Create(CultureInfo.InvariantCulture, $"{packed.Bytes / 1048576.0:0.0} MiB"));
        table.AddRow("SHA-256", packed.Sha256);
        return table;
    }
}
