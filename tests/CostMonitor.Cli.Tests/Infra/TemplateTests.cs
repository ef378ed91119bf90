using System.Diagnostics;
using System.Text.RegularExpressions;

namespace CostMonitor.Cli.Tests.Infra;

/// <summary>What a compiler would find in infra/*.bicep, and what only holds for this repository.</summary>
public sealed partial class TemplateTests
{
    public static TheoryData<string> Templates { get; } = [.. InfraFiles.Templates];

    public static TheoryData<string> ParameterFiles { get; } = [.. InfraFiles.ParameterFiles];

    [Theory]
    [MemberData(nameof(Templates))]
    public void Params_OfEachFile_AreDescribedBoundedAndUsed(string path)
    {
        var file = BicepFile.Read(path);
        var used = file.Expressions.SelectMany(e => e.Uses).ToHashSet();

        Assert.All(file.Params, p => Assert.True(p.Decorators.TryGetValue("description", out var words) && words.Literal is { Length: > 10 }, $"{path}:{p.Line}: '{p.Name}' has no description"));
        Assert.All(file.Params, p => Assert.True(used.Contains(p.Name), $"{path}:{p.Line}: '{p.Name}' is not used"));
        Assert.All(file.Params.Where(p => p.Type == "int"), p => Assert.True(IsBounded(p, "minValue", "maxValue"), $"{path}:{p.Line}: '{p.Name}' has no range"));
        Assert.All(
            file.Params.Where(p => p.Type == "string" && p.Name != "location" && p.Value.Literal != "" && !AcceptsEmpty(p)),
            p => Assert.True(IsBounded(p, "minLength"), $"{path}:{p.Line}: '{p.Name}' may be empty, and does not say what that means"));

        static bool IsBounded(BicepDeclaration param, params string[] names) => param.Decorators.ContainsKey("allowed") || names.All(param.Decorators.ContainsKey);

        static bool AcceptsEmpty(BicepDeclaration param) =>
            param.Decorators.ContainsKey("secure") || param.Decorators["description"].Literal?.Contains("empty for", StringComparison.Ordinal) == true;
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Names_InEachFile_AreDeclaredAndVariablesUsed(string path)
    {
        var file = BicepFile.Read(path);
        var declared = file.Declarations.Where(d => d.Keyword != "output").Select(d => d.Name).Concat(file.Expressions.SelectMany(e => e.Introduces)).ToHashSet();
        var used = file.Expressions.SelectMany(e => e.Uses).ToHashSet();

        Assert.Empty(used.Except(declared));
        Assert.Empty(file.Of("var").Select(d => d.Name).Except(used));
        Assert.Empty(file.Resources.Where(d => d.IsExisting).Select(d => d.Name).Except(used));
        Assert.Equal(file.Declarations.Count, file.Declarations.DistinctBy(d => d.Keyword == "output" ? $"output {d.Name}" : d.Name).Count());
    }

    [Fact]
    public void Modules_InMain_AreGivenWhatTheyDeclareAndAskedForWhatTheyGive()
    {
        var main = BicepFile.Read("main.bicep");
        var modules = main.Modules.ToDictionary(m => m.Name, m => BicepFile.Read(m.Type));

        foreach (var module in main.Modules)
        {
            var (given, declared) = (module.Value.At("params").Members.Keys, modules[module.Name].Params.ToArray());
            Assert.Equal((module.Type, ""), (module.Type, string.Join(", ", given.Except(declared.Select(p => p.Name)))));
            Assert.Equal((module.Type, ""), (module.Type, string.Join(", ", declared.Where(p => !p.HasDefault).Select(p => p.Name).Except(given))));
        }

        var asked = main.Expressions.SelectMany(e => e.Outputs).Distinct().ToArray();
        Assert.All(asked, a => Assert.Contains(a.Output, modules[a.Module].Of("output").Select(o => o.Name)));
        Assert.All(modules, m => Assert.Empty(m.Value.Of("output").Select(o => (m.Key, o.Name)).Except(asked)));
        Assert.Equal(InfraFiles.Templates.Except(["main.bicep"]), main.Modules.Select(m => m.Type).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("br:", string.Concat(main.Modules.Select(m => m.Type)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Resources_OfEachFile_HaveAKnownTypeAndVersion(string path)
    {
        foreach (var resource in BicepFile.Read(path).Resources)
        {
            var (type, version) = resource.Type.Split('@') is [var t, var v] ? (t, v) : throw new InvalidDataException($"{path}:{resource.Line}: {resource.Type} has no version");
            var known = string.Join('/', type.Split('/').Take(2));
            Assert.True(AzureFacts.ApiVersions.TryGetValue(known, out var versions), $"{path}:{resource.Line}: {known} is not in the table of versions");
            Assert.Contains(version, versions);
        }
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Guids_InEachFile_AreRolesInTheTableAndNamedBesideIt(string path)
    {
        foreach (var line in File.ReadLines(Path.Combine(BicepFile.Folder, path)).Where(l => Guid().IsMatch(l)))
        {
            Assert.True(AzureFacts.Roles.TryGetValue(Guid().Match(line).Value, out var role), line);
            Assert.EndsWith($"// {role}", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Assignments_OfTheAppsRoles_AreThoseThatItNeeds()
    {
        var assigned = InfraFiles.Templates.SelectMany(p => BicepFile.Read(p).Expressions).SelectMany(e => e.Texts).Select(t => AzureFacts.Roles.GetValueOrDefault(t.Text)).OfType<string>();

        Assert.Equal(
            [
                "Cognitive Services OpenAI User", "Key Vault Secrets User", "Monitoring Metrics Publisher",
                "Storage Blob Data Owner", "Storage Queue Data Contributor", "Storage Table Data Contributor",
            ],
            assigned.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Assignments_InEachFile_HaveNamesThatFollowFromScopePrincipalAndRole()
    {
        var assignments = InfraFiles.Templates.SelectMany(p => BicepFile.Read(p).Resources).Where(r => r.Type.StartsWith("Microsoft.Authorization/roleAssignments", StringComparison.Ordinal)).ToArray();

        Assert.Equal(4, assignments.Length);
        Assert.All(assignments, a => Assert.Equal("ServicePrincipal", a.Value.At("properties", "principalType").Literal));
        Assert.All(assignments, a => Assert.Equal(["guid", "(", a.Value.At("scope").Tokens[0].Text, ".", "id", ",", "principalId"], a.Value.At("name").Tokens.Take(7).Select(t => t.Text)));
    }

    [Fact]
    public void App_InMain_ComesAfterItsRolesAndSecrets() =>
        Assert.Equal(["roles", "keyVault"], BicepFile.Read("main.bicep").The("module", "app").Value.At("dependsOn").Uses);

    [Fact]
    public void Storage_InItsModule_TakesNoKeysAndNoAnonymousReaders()
    {
        var properties = BicepFile.Read("modules/storage.bicep").The("resource", "account").Value.At("properties");

        Assert.Equal(("false", "false"), (properties.At("allowSharedKeyAccess").Literal, properties.At("allowBlobPublicAccess").Literal));
        Assert.Equal(("TLS1_2", "true"), (properties.At("minimumTlsVersion").Literal, properties.At("supportsHttpsTrafficOnly").Literal));
    }

    [Fact]
    public void KeysAndPasswords_OfEveryService_AreSwitchedOff()
    {
        Assert.Equal("true", BicepFile.Read("modules/monitoring.bicep").The("resource", "component").Value.At("properties", "DisableLocalAuth").Literal);
        Assert.Equal("true", BicepFile.Read("modules/openai.bicep").The("resource", "account").Value.At("properties", "disableLocalAuth").Literal);
        Assert.Equal("true", BicepFile.Read("modules/keyvault.bicep").The("resource", "vault").Value.At("properties", "enableRbacAuthorization").Literal);
        var passwords = BicepFile.Read("modules/app.bicep").Resources.Where(r => r.Name.EndsWith("Password", StringComparison.Ordinal)).ToArray();
        Assert.Equal([("ftp", "false"), ("scm", "false")], passwords.Select(r => (r.Value.At("name").Literal, r.Value.At("properties", "allow").Literal)));
    }

    [Fact]
    public void App_InItsModule_IsWhatFlexConsumptionTakes()
    {
        var file = BicepFile.Read("modules/app.bicep");
        var app = file.The("resource", "app").Value;

        Assert.Equal(("FC1", "FlexConsumption"), (file.The("resource", "plan").Value.At("sku", "name").Literal, file.The("resource", "plan").Value.At("sku", "tier").Literal));
        Assert.Equal(("custom", "1.0"), (app.At("properties", "functionAppConfig", "runtime", "name").Literal, app.At("properties", "functionAppConfig", "runtime", "version").Literal));
        Assert.Equal("UserAssignedIdentity", app.At("properties", "functionAppConfig", "deployment", "storage", "authentication", "type").Literal);
        Assert.Empty(app.At("properties", "siteConfig").Members.Keys.Intersect(AzureFacts.ForbiddenSiteProperties));
    }

    [Fact]
    public void Deployments_OfModels_AreMadeOneAfterTheOther() =>
        Assert.Equal("1", BicepFile.Read("modules/openai.bicep").The("resource", "modelDeployments").Decorators["batchSize"].Literal);

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void ParameterFile_OfAnEnvironment_AssignsKnownParametersAndAllThatHaveNoDefault(string path)
    {
        var (file, main) = (BicepFile.Read(path), BicepFile.Read("main.bicep"));
        var assigned = file.Params.Select(p => p.Name).ToArray();

        Assert.Equal(["main.bicep"], file.Of("using").Select(u => u.Name));
        Assert.Empty(assigned.Except(main.Params.Select(p => p.Name)));
        Assert.Empty(main.Params.Where(p => !p.HasDefault).Select(p => p.Name).Except(assigned));
        Assert.All(file.Params, p => Assert.True(Allows(main.The("param", p.Name), p.Value.Literal), $"{path}:{p.Line}: {p.Name} may not be {p.Value.Literal}"));

        static bool Allows(BicepDeclaration param, string? value) =>
            value is null || !param.Decorators.TryGetValue("allowed", out var allowed) || allowed.Items.Any(i => i.Literal == value);
    }

    [Fact]
    public void Files_OfEveryKind_HoldNothingThatLooksLikeAKey()
    {
        var files = InfraFiles.Templates.Concat(InfraFiles.ParameterFiles).Append("bicepconfig.json").Append("../azure.yaml");

        Assert.All(files, f => Assert.DoesNotMatch(Secret(), File.ReadAllText(Path.Combine(BicepFile.Folder, f))));
        Assert.Matches(Secret(), "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq");
        Assert.Matches(Secret(), "param key string = 'sk-abcdefghijklmnopqrstuvwx'");
    }

    [Fact]
    public void ServiceName_InAzureYaml_IsTheTagThatAzdLooksFor()
    {
        var tag = BicepFile.Read("main.bicep").The("module", "app").Value.At("params", "serviceName").Literal;
        var yaml = File.ReadAllText(Path.Combine(InfraFiles.Root, "azure.yaml"));

        Assert.Contains($"\nservices:\n  {tag}:\n", yaml, StringComparison.Ordinal);
        Assert.Contains($"deploy {tag} --from-package out/app.zip", yaml, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void LoadedFiles_OfEachTemplate_AreThere(string path)
    {
        var folder = Path.GetDirectoryName(Path.Combine(BicepFile.Folder, path)) ?? "";
        var loaded = BicepFile.Read(path).Expressions.SelectMany(e => e.ArgumentsOf("loadTextContent").Concat(e.ArgumentsOf("loadJsonContent"))).ToArray();

        Assert.All(loaded, f => Assert.True(File.Exists(Path.Combine(folder, f)), $"{path} loads {f}"));
        if (path == "modules/workbooks.bicep") Assert.Equal(["latency", "operations", "quality", "spend"], loaded.Select(f => Path.GetFileName(f).Split('.')[0]).Order(StringComparer.Ordinal));
        if (path == "modules/alerts.bicep") Assert.Equal(Directory.GetFiles(Path.Combine(BicepFile.Folder, "queries", "alerts")).Length, loaded.Length);
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task Compiler_WhereItIsInstalled_TakesTheTemplates(string path)
    {
        if (!IsBicepInstalled()) return; // xunit 2 cannot skip at run time: without the compiler the other tests are all there is

        var start = new ProcessStartInfo("bicep", ["build-params", Path.Combine(BicepFile.Folder, path), "--stdout"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var bicep = Process.Start(start) ?? throw new InvalidOperationException("bicep did not start.");
        var (output, words) = (bicep.StandardOutput.ReadToEndAsync(), bicep.StandardError.ReadToEndAsync());
        await bicep.WaitForExitAsync();

        Assert.Equal((0, ""), (bicep.ExitCode, (await words).Trim()));
        Assert.NotEmpty(await output);

        static bool IsBicepInstalled() =>
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(f => File.Exists(Path.Combine(f, OperatingSystem.IsWindows() ? "bicep.exe" : "bicep")));
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Guid();

    [GeneratedRegex("AccountKey=|SharedAccessSignature|sig=[A-Za-z0-9%]{20}|sk-[A-Za-z0-9_-]{16}|InstrumentationKey=[0-9a-f]{8}-|-----BEGIN|password\\s*[:=]\\s*'[^']", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
