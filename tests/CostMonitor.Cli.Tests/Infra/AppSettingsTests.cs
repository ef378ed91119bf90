namespace CostMonitor.Cli.Tests.Infra;

/// <summary>The app's settings, tables and queues stand in templates, code and function.json: all must agree.</summary>
public sealed class AppSettingsTests
{
    /// <summary>What the app reads and the templates do not set.</summary>
    private static readonly Dictionary<string, string> NotSet = new()
    {
        ["FUNCTIONS_APP_ROOT_PATH"] = "the host gives it to the process",
        ["FUNCTIONS_CUSTOMHANDLER_PORT"] = "the host gives it to the process",
        ["AzureWebJobsStorage"] = "a connection string has a key in it; for the emulator only",
        ["AzureWebJobsStorage__accountName"] = "the three addresses are set instead, which hold in every cloud",
        ["SIMULATOR_ENDPOINT"] = "the simulator of 'costmon up'; in Azure simulated models run in the app",
        ["AZURE_OPENAI_API_KEY"] = "the account takes no keys: the app's identity calls it",
        ["OPENAI_API_KEY"] = "a key: through vaultSettings",
        ["ANTHROPIC_API_KEY"] = "a key: through vaultSettings",
        ["OTEL_EXPORTER_OTLP_HEADERS"] = "holds a key: through vaultSettings",
        ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "a standard name that few need: through extraSettings",
        ["OTEL_RESOURCE_ATTRIBUTES"] = "a standard name that few need: through extraSettings",
        ["OTEL_TRACES_SAMPLER"] = "a standard name that few need: through extraSettings",
        ["AzurePrices"] = "only tests read another list than the public one",
    };

    /// <summary>What the templates set for others than the app.</summary>
    private static readonly Dictionary<string, string> ForTheHost = new()
    {
        ["AzureWebJobsStorage__blobServiceUri"] = "the host keeps locks and keys in blobs",
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "the host's telemetry, and the app's",
        ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = "the host's telemetry, and the app's",
    };

    [Fact]
    public void Settings_ThatTheCodeReads_AreSetOrListedWithAReason()
    {
        var missing = InfraFiles.SettingsRead.Except(InfraFiles.Settings.Keys).Except(NotSet.Keys);

        Assert.Empty(missing);
        Assert.Empty(NotSet.Keys.Except(InfraFiles.SettingsRead)); // a reason for what nobody reads any more
        Assert.Empty(NotSet.Keys.Intersect(InfraFiles.Settings.Keys));
    }

    [Fact]
    public void Settings_InTheTemplates_AreReadByTheAppOrTheHost() =>
        Assert.Empty(InfraFiles.Settings.Keys.Except(InfraFiles.SettingsRead).Except(ForTheHost.Keys));

    [Fact]
    public void SettingsRead_FoundInTheSource_HoldOneOfEachKind() =>
        Assert.Superset(
            new HashSet<string>
            {
                "CanarySchedule", "PriceSchedule", "CallsInFlight", "FUNCTIONS_CUSTOMHANDLER_PORT", "OTEL_SERVICE_NAME", "AzureWebJobsStorage__tableServiceUri",
                "AzureWebJobsStorage__credential", "OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT",
            },
            InfraFiles.SettingsRead.ToHashSet());

    [Fact]
    public void Settings_InTheTemplates_AreSuchAsFlexConsumptionTakes()
    {
        Assert.Empty(InfraFiles.Settings.Keys.Intersect(AzureFacts.ForbiddenSettings, StringComparer.OrdinalIgnoreCase));
        Assert.All(InfraFiles.Settings.Keys, name => Assert.Matches("^[A-Za-z][A-Za-z0-9_]*$", name)); // no colon, which is answered with 400
    }

    [Fact]
    public void Settings_InFunctionJson_AreSet()
    {
        var named = InfraFiles.Triggers.SelectMany(t => t.Trigger.EnumerateObject()).Select(p => p.Value.ToString()).Where(v => v.StartsWith('%')).Select(v => v.Trim('%')).ToArray();

        Assert.Equal(["CanarySchedule", "PriceSchedule"], named.Order(StringComparer.Ordinal));
        Assert.Empty(named.Except(InfraFiles.Settings.Keys));
    }

    [Fact]
    public void Connections_InFunctionJson_HaveTheSettingsOfAnIdentity()
    {
        var connections = InfraFiles.Triggers.Where(t => t.Trigger.TryGetProperty("connection", out _)).Select(t => t.Trigger.GetProperty("connection").GetString()).Distinct();

        Assert.Equal(["AzureWebJobsStorage"], connections);
        Assert.Superset(new HashSet<string> { "AzureWebJobsStorage__queueServiceUri", "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId" }, InfraFiles.Settings.Keys.ToHashSet());
    }

    [Fact]
    public void Queues_InTheTemplates_AreThoseOfTheCodeAndItsTriggers()
    {
        var inTemplates = BicepFile.Read("modules/storage.bicep").The("var", "queueNames").Value.Items.Select(i => i.Literal);
        var inTriggers = InfraFiles.Triggers.Where(t => t.Trigger.TryGetProperty("queueName", out _)).Select(t => t.Trigger.GetProperty("queueName").GetString());
        var inCode = Matches("""QueueName = "([a-z-]+)";""", "CostMonitor.Storage", "CostMonitor.Functions");

        Assert.Equal(inTriggers.Union(inCode).Order(StringComparer.Ordinal), inTemplates);
    }

    [Fact]
    public void Tables_InTheTemplates_AreThoseOfTheCode()
    {
        var inTemplates = BicepFile.Read("modules/storage.bicep").The("var", "tableNames").Value.Items.Select(i => i.Literal);

        Assert.Equal(Matches("""(?:\.Table\(|string table = |TableName = )"([A-Za-z0-9]+)["]""", "CostMonitor.Storage", "CostMonitor.Functions").Order(StringComparer.Ordinal), inTemplates);
    }

    [Fact]
    public void Parameters_OfMain_HaveTheDefaultsOfTheCode()
    {
        var main = BicepFile.Read("main.bicep");
        var sample = System.Text.Json.JsonElement.Parse(File.ReadAllText(Path.Combine(InfraFiles.Root, "local.settings.sample.json"))).GetProperty("Values");

        Assert.Equal(sample.GetProperty("CanarySchedule").GetString(), main.The("param", "canarySchedule").Value.Literal);
        Assert.Equal(sample.GetProperty("PriceSchedule").GetString(), main.The("param", "priceSchedule").Value.Literal);
        Assert.Equal(sample.GetProperty("CallsInFlight").GetString(), main.The("param", "callsInFlight").Value.Literal);
        Assert.Equal(sample.GetProperty("ClaimLease").GetString(), main.The("param", "claimLease").Value.Literal);
        string[] files = ["canaryPlan", "modelsFile", "budgetsFile"];
        Assert.All(files, p => Assert.True(File.Exists(Path.Combine(InfraFiles.Root, main.The("param", p).Value.Literal ?? "")), p));
    }

    private static IEnumerable<string> Matches(string pattern, params string[] projects) =>
        InfraFiles.Source(projects).SelectMany(s => System.Text.RegularExpressions.Regex.Matches(s, pattern)).Select(m => m.Groups[1].Value).Distinct();
}
