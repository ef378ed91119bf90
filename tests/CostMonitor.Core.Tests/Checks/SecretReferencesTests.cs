using CostMonitor.Core.Checks;

namespace CostMonitor.Core.Tests.Checks;

public sealed class SecretReferencesTests
{
    private const string Reference = "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/openai)";

    [Fact]
    public void Problems_GivenAReferenceThatWasLeftAsItIs_NamesTheSettingAndNotTheReference()
    {
        var problems = SecretReferences.Problems(["OPENAI_API_KEY", "CanarySchedule", "NOT_SET", "AZURE_KEY"], Settings);

        Assert.Equal(["setting AZURE_KEY", "setting OPENAI_API_KEY"], problems.Select(p => p.Where));
        Assert.All(problems, p => Assert.Contains("Key Vault Secrets User", p.Mend, StringComparison.Ordinal));
        Assert.DoesNotContain(problems, p => p.ToString().Contains("vault.example", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_GivenAReferenceThatWasLeftAsItIs_GivesNoValue()
    {
        var without = SecretReferences.Without(Settings);

        Assert.Equal([null, null, "0 0 * * * *", null], new[] { "OPENAI_API_KEY", "AZURE_KEY", "CanarySchedule", "NOT_SET" }.Select(without));
    }

    private static string? Settings(string name) => name switch
    {
        "OPENAI_API_KEY" => Reference,
        "AZURE_KEY" => " @microsoft.keyvault(VaultName=v;SecretName=s)",
        "CanarySchedule" => "0 0 * * * *",
        _ => null,
    };
}
