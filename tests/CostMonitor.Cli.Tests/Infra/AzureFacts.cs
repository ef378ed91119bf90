namespace CostMonitor.Cli.Tests.Infra;

/// <summary>What is known of Azure and cannot be asked from here: the tests hold the templates against it.</summary>
internal static class AzureFacts
{
    /// <summary>Role definitions. Source: Azure-Samples/azure-functions-flex-consumption-samples, IaC/bicep/rbac.bicep; microsoft/azure-skills, rbac-roles.md.</summary>
    public static IReadOnlyDictionary<string, string> Roles { get; } = new Dictionary<string, string>
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
        ["5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"] = "Cognitive Services OpenAI User",
        ["a97b65f3-24c7-4388-baec-2e87135dc908"] = "Cognitive Services User",
    };

    /// <summary>Stable API versions by the resource type's first parts: the newest, and older ones with the same properties. Source: Azure/bicep-types-az @1f896de (2026-08-20), folders of generated/.</summary>
    public static IReadOnlyDictionary<string, string[]> ApiVersions { get; } = new Dictionary<string, string[]>
    {
        ["Microsoft.Web/serverfarms"] = ["2025-03-01", "2024-11-01", "2024-04-01"],
        ["Microsoft.Web/sites"] = ["2025-03-01", "2024-11-01", "2024-04-01"],
        ["Microsoft.Storage/storageAccounts"] = ["2026-04-01", "2025-01-01"],
        ["Microsoft.Insights/components"] = ["2020-02-02"],
        ["Microsoft.OperationalInsights/workspaces"] = ["2026-03-01", "2025-07-01", "2025-02-01"],
        ["Microsoft.Insights/workbooks"] = ["2023-06-01", "2022-04-01"],
        ["Microsoft.Insights/actionGroups"] = ["2023-01-01"],
        ["Microsoft.Insights/scheduledQueryRules"] = ["2026-03-01", "2023-12-01"],
        ["Microsoft.Insights/metricAlerts"] = ["2026-01-01", "2018-03-01"],
        ["Microsoft.ManagedIdentity/userAssignedIdentities"] = ["2024-11-30", "2023-01-31"],
        ["Microsoft.Authorization/roleAssignments"] = ["2022-04-01"],
        ["Microsoft.KeyVault/vaults"] = ["2026-02-01", "2024-11-01"],
        ["Microsoft.CognitiveServices/accounts"] = ["2026-07-01", "2025-06-01"],
        ["Microsoft.Consumption/budgets"] = ["2026-06-01", "2024-08-01", "2023-11-01"],
        ["Microsoft.Network/virtualNetworks"] = ["2024-05-01"],
        ["Microsoft.Network/privateEndpoints"] = ["2024-05-01"],
        ["Microsoft.Network/privateDnsZones"] = ["2024-06-01", "2020-06-01"],
    };

    /// <summary>App settings that Flex Consumption refuses or ignores. Source: microsoft/azure-skills, consumption-to-flex.md; Azure/azure-functions-core-tools, PublishFunctionAppAction.cs.</summary>
    public static IReadOnlyList<string> ForbiddenSettings { get; } =
    [
        "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_WORKER_RUNTIME_VERSION", "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_WORKER_PROCESS_COUNT", "FUNCTIONS_MAX_HTTP_CONCURRENCY",
        "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED", "SCM_DO_BUILD_DURING_DEPLOYMENT", "ENABLE_ORYX_BUILD", "WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
        "WEBSITE_CONTENTSHARE", "WEBSITE_CONTENTOVERVNET", "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT", "WEBSITE_VNET_ROUTE_ALL", "WEBSITE_DNS_SERVER", "WEBSITE_MOUNT_ENABLED",
        "WEBSITE_NODE_DEFAULT_VERSION", "WEBSITE_SKIP_CONTENTSHARE_VALIDATION", "WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED",
    ];

    /// <summary>Properties of a site that Flex Consumption refuses or ignores. Source: Azure/azure-functions-host, issue 10643; microsoft/azure-skills, hosting-plans.md.</summary>
    public static IReadOnlyList<string> ForbiddenSiteProperties { get; } = ["alwaysOn", "linuxFxVersion", "functionAppScaleLimit", "healthCheckPath", "netFrameworkVersion"];
}
