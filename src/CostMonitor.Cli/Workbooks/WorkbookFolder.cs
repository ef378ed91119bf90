using CostMonitor.Core.Input;

namespace CostMonitor.Cli.Workbooks;

/// <summary>The folder that holds <c>workbooks/*.json</c>, the templates, and <c>queries/**/*.kql</c>.</summary>
internal sealed class WorkbookFolder(string folder)
{
    private const string Built = ".workbook.json";

    private string Workbooks => Path.Combine(folder, "workbooks");

    /// <summary>Every template with what is to be made of it, by name.</summary>
    /// <exception cref="InputException">There is no such folder, or a template is faulty.</exception>
    public IReadOnlyList<(string Path, string Text)> Build()
    {
        if (!Directory.Exists(Workbooks)) throw new InputException(folder, "", "Expected a folder with workbooks/*.json and queries/*/*.kql, as infra/ of the repository.");
        return
        [
            .. Directory.EnumerateFiles(Workbooks, "*.json").Where(static f => !f.EndsWith(Built, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(template =>
            {
                var name = Path.GetFileNameWithoutExtension(template);
                return (Path.Combine(Workbooks, name + Built), new WorkbookBuilder(name, Query).Build(File.ReadAllText(template)));
            }),
        ];
    }

    private string? Query(string path)
    {
        var file = Path.Combine(folder, "queries", path);
        return File.Exists(file) ? File.ReadAllText(file) : null;
    }
}
