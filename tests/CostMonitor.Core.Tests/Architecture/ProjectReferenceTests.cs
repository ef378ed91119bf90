using System.Xml.Linq;
using CostMonitor.Testing;

namespace CostMonitor.Core.Tests.Architecture;

/// <summary>Which project may use which: read from the project files, so that an unused reference is found too.</summary>
public sealed class ProjectReferenceTests
{
    [Fact]
    public void Core_GivenItsProjectFile_ReferencesNoPackageAndNoProject()
    {
        var core = Load("src/CostMonitor.Core/CostMonitor.Core.csproj");

        var references = core.Descendants().Where(e => e.Name.LocalName is "PackageReference" or "ProjectReference" or "Reference" or "FrameworkReference");

        Assert.Empty(references);
    }

    [Theory]
    [InlineData("CostMonitor.Providers", "CostMonitor.Core")]
    [InlineData("CostMonitor.Storage", "CostMonitor.Core")]
    public void Boundary_GivenItsProjectFile_ReferencesCoreAlone(string project, string only)
    {
        var references = ProjectsUsedBy(project);

        Assert.Equal([only], references);
    }

    [Fact]
    public void Source_GivenAllProjects_IsComposedByFunctionsAndCliAlone()
    {
        var composing = SourceProjects().Where(p => ProjectsUsedBy(p).Intersect(["CostMonitor.Providers", "CostMonitor.Storage"]).Count() == 2);

        Assert.Equal(["CostMonitor.Cli", "CostMonitor.Functions"], composing.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Source_GivenAllProjects_HasTheFiveThatTheDesignNames()
    {
        string[] expected = ["CostMonitor.Cli", "CostMonitor.Core", "CostMonitor.Functions", "CostMonitor.Providers", "CostMonitor.Storage"];

        Assert.Equal(expected, SourceProjects().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Source_GivenAllProjects_UsesNoTestProject()
    {
        var used = SourceProjects().SelectMany(ProjectsUsedBy).Distinct();

        Assert.Empty(used.Except(SourceProjects()));
    }

    private static IEnumerable<string> SourceProjects() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(p => Path.GetFileNameWithoutExtension(p));

    private static IReadOnlyList<string> ProjectsUsedBy(string project) =>
        [.. Load($"src/{project}/{project}.csproj").Descendants("ProjectReference")
            .Select(e => Path.GetFileNameWithoutExtension(e.Attribute("Include")?.Value ?? "").Replace('\\', '/'))
            .Select(p => p[(p.LastIndexOf('/') + 1)..])];

    private static XDocument Load(string path) => XDocument.Parse(Repository.Read(path));
}
