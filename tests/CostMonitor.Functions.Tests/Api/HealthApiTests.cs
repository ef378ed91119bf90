using System.Diagnostics;
using System.Globalization;
using System.Net;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;
using CostMonitor.Functions.Tests.Running;
using CostMonitor.Storage.Records;
using CostMonitor.Storage.Tables;
using CostMonitor.Testing.ScriptedServer;

namespace CostMonitor.Functions.Tests.Api;

/// <summary>Whatever is wrong with the set-up, the app starts, answers, and says what it is.</summary>
public sealed class HealthApiTests(AppFixture app) : IClassFixture<AppFixture>
{
    private const string Client = "11111111-2222-3333-4444-555555555555";

    [Theory]
    [InlineData(403, "AuthorizationPermissionMismatch", "A role is missing for the account key: 403", "Storage Queue Data Contributor (974c5e8b-45b9-4653-ba55-5f855dd0fb88) on the storage account acct")]
    [InlineData(403, "KeyBasedAuthenticationNotPermitted", "The account takes no shared key", "set AzureWebJobsStorage__accountName to acct")]
    [InlineData(403, "AuthorizationFailure", "The account's network rules do not let this machine in", "private endpoint")]
    public async Task Health_GivenStorageThatRefuses_SaysWhyAndHowToMendIt(int status, string code, string what, string mend)
    {
        await using var storage = await StorageStub.StartAsync(status, code);

        var problems = await ProblemsAsync(("AzureWebJobsStorage", storage.ConnectionString));

        Assert.Equal(2, problems.Count);
        Assert.StartsWith("storage tables at 127.0.0.1:", problems[0], StringComparison.Ordinal);
        Assert.All(problems, p => Assert.Contains(what, p, StringComparison.Ordinal));
        Assert.Contains(mend, problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_GivenAClockThatIsOff_SaysByHowMuch()
    {
        await using var storage = await StorageStub.StartAsync(200, null, TimeProvider.System.GetUtcNow().AddMinutes(20).ToString("r"));

        var problem = Assert.Single(await ProblemsAsync(("AzureWebJobsStorage", storage.ConnectionString)));

        Assert.Matches(@"^clock: The clock of this machine is 0:(19:5\d|20:0\d) behind that of storage\. Set it by NTP", problem);
    }

    [Fact]
    public async Task Health_GivenStorageThatNeverAnswers_GivesUpWithinSeconds()
    {
        using var silent = new SilentListener();
        var address = $"http://127.0.0.1:{silent.Port}/acct";
        var watch = Stopwatch.StartNew();

        var problems = await ProblemsAsync(("AzureWebJobsStorage", $"AccountName=acct;AccountKey={StorageStub.Key};TableEndpoint={address};QueueEndpoint={address}"));

        Assert.All(problems, p => Assert.Contains($"127.0.0.1:{silent.Port} did not answer in time.", p, StringComparison.Ordinal));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(40), $"It took {watch.Elapsed}, the app's start included.");
    }

    [Fact]
    public async Task Health_GivenNobodyAtTheAddress_SaysSo()
    {
        string address;
        using (var gone = new SilentListener()) address = $"http://127.0.0.1:{gone.Port}/acct";

        var problems = await ProblemsAsync(("AzureWebJobsStorage", $"AccountName=acct;AccountKey={StorageStub.Key};TableEndpoint={address};QueueEndpoint={address}"));

        Assert.All(problems, p => Assert.Contains("Start Azurite ('costmon up' does)", p, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Health_GivenAnIdentityThatGivesNoToken_NamesIt()
    {
        await using var tokens = await StorageStub.StartAsync(400, null);

        var problem = Assert.Single(await ProblemsAsync(
            ("AzureWebJobsStorage", ""), ("AzureWebJobsStorage__accountName", "acct"), ("AzureWebJobsStorage__credential", "managedidentity"), ("AzureWebJobsStorage__clientId", Client),
            ("IDENTITY_ENDPOINT", tokens.Address), ("IDENTITY_HEADER", StorageStub.Key)));

        Assert.StartsWith($"identity: No token could be had with the managed identity with client id {Client}:", problem, StringComparison.Ordinal);
        Assert.Contains("AzureWebJobsStorage__clientId is the client id (not the object id)", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://acct.blob.core.windows.net", "This is the address of the blob service. The table service is at https://acct.table.core.windows.net")]
    [InlineData("http://acct.table.core.windows.net", "a token may only be sent to an absolute https address")]
    [InlineData("https://acct.table.core.windows.net/?sig=" + StorageStub.Key, "no address that may be shown")]
    [InlineData("AccountName=acct;AccountKey=" + StorageStub.Key, "no address that may be shown")]
    public async Task Health_GivenAWrongAddress_SaysWhichIsMeant(string address, string expected)
    {
        var problem = Assert.Single(await ProblemsAsync(("AzureWebJobsStorage", ""), ("AzureWebJobsStorage__accountName", "acct"), ("AzureWebJobsStorage__tableServiceUri", address)));

        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_GivenNoStorageAtAll_SaysWhatToSet()
    {
        var problem = Assert.Single(await ProblemsAsync(("AzureWebJobsStorage", "")));

        Assert.StartsWith("setting AzureWebJobsStorage: No storage account: set AzureWebJobsStorage to a connection string, or", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_GivenASecretThatIsNotResolved_NamesTheSettingAndSendsTheReferenceToNobody()
    {
        await using var process = await StartAsync(("NO_SUCH_KEY_IS_SET", $"@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/{StorageStub.Key})"));

        var problem = Assert.Single(await ProblemsAsync(process));
        using var models = await process.Http.GetAsync(new Uri("/api/models", UriKind.Relative));
        var model = (await AppFixture.ReadAsync(models, HttpStatusCode.OK)).GetProperty("models").EnumerateArray().Single(m => m.GetProperty("model").GetString() == "openai:gpt-4.1-mini");

        Assert.StartsWith("setting NO_SUCH_KEY_IS_SET: Its Key Vault reference was not resolved", problem, StringComparison.Ordinal);
        Assert.False(model.GetProperty("configured").GetBoolean());
    }

    [Fact]
    public async Task Health_GivenFaultsOfSeveralKinds_TellsThemTogether()
    {
        await using var storage = await StorageStub.StartAsync(403, "AccountIsDisabled");

        var problems = await ProblemsAsync(("AzureWebJobsStorage", storage.ConnectionString), ("ModelsFile", "no-such-models.json"), ("BudgetsFile", "no-such-budgets.json"));

        Assert.Equal(["storage tables", "storage queues", "no-such-models", "no-such-budgets"], problems.Select(p => p.Split(" at ")[0].Split(".json")[0].Split('/')[^1]));
    }

    [Fact]
    public async Task Health_GivenALedgerThatWasChangedByHand_SaysSo()
    {
        var row = new TableEntity("ledger", "a|damaged|2026-11|") { ["Budget"] = "damaged", ["Value"] = "", ["Period"] = "2026-11", ["Sequence"] = "no number" };
        await app.Account.Table("Budgets").CreateIfNotExistsAsync(CancellationToken.None);
        await app.Account.Table("Budgets").InsertOrReplaceAsync(row, CancellationToken.None);
        await using var process = await StartAsync();

        var problems = await ProblemsAsync(process);

        Assert.Contains(problems, p => p.Contains("was changed by hand", StringComparison.Ordinal));
        await app.Account.Table("Budgets").DeleteAsync(row.PartitionKey, row.RowKey, Azure.ETag.All, CancellationToken.None);
    }

    [Fact]
    public async Task Health_GivenALedgerThatTheRecordsDoNotExplain_SaysSoOnceReconciled()
    {
        var key = new LedgerKey("ghost", "", TimeProvider.System.GetUtcNow().ToString("yyyy-MM", CultureInfo.InvariantCulture));
        var row = LedgerRow.Of(new LedgerAccount { Key = key, Settled = new Usd(1.25m) });
        await app.Account.Table("Budgets").CreateIfNotExistsAsync(CancellationToken.None);
        await app.Account.Table("Budgets").InsertOrReplaceAsync(row, CancellationToken.None);
        var budgets = Path.GetTempFileName();
        await File.WriteAllTextAsync(budgets, """{"budgets":[{"id":"ghost","scope":"team:ghost","period":"month","limitUsd":100}]}""");
        await using var process = await StartAsync(("BudgetsFile", budgets));

        using var before = await process.Http.GetAsync(new Uri("/api/health", UriKind.Relative));
        using var reconciled = await process.Http.PostAsync(new Uri("/api/ledgers/reconcile", UriKind.Relative), new StringContent("{}"));
        var problem = Assert.Single(await ProblemsAsync(process));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (before.StatusCode, reconciled.StatusCode));
        Assert.StartsWith($"The ledger {key} has $1.25 settled, and its run records add up to $0.00: a difference of ", problem, StringComparison.Ordinal);
        File.Delete(budgets);
        await app.Account.Table("Budgets").DeleteAsync(row.PartitionKey, row.RowKey, Azure.ETag.All, CancellationToken.None);
    }

    private async Task<AppProcess> StartAsync(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(app.Settings);
        foreach (var (name, value) in settings) all[name] = value;
        return await AppProcess.StartAsync(all);
    }

    private async Task<IReadOnlyList<string>> ProblemsAsync(params (string Name, string Value)[] settings)
    {
        await using var process = await StartAsync(settings);
        return await ProblemsAsync(process);
    }

    /// <summary>The problems, after looking that the app answers otherwise, and that nothing it says holds a secret or a stack.</summary>
    private static async Task<IReadOnlyList<string>> ProblemsAsync(AppProcess process)
    {
        using var root = await process.Http.GetAsync(new Uri("/", UriKind.Relative));
        using var health = await process.Http.GetAsync(new Uri("/api/health", UriKind.Relative));
        var body = await health.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (root.StatusCode, health.StatusCode));
        Assert.DoesNotContain(StorageStub.Key, body, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        return [.. (await AppFixture.ReadAsync(health, HttpStatusCode.ServiceUnavailable)).GetProperty("problems").EnumerateArray().Select(p => p.GetString() ?? "")];
    }
}
