using System.Net;
using System.Text;
using System.Text.Json;
using CostMonitor.Functions.Tests.Running;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Functions.Tests.Api;

public sealed class BudgetApiTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task List_GivenTheSampleFile_ShowsItsBudgets()
    {
        var listed = await app.GetAsync("/api/budgets");

        var all = listed.GetProperty("budgets").EnumerateArray().Single(b => b.GetProperty("budget").GetProperty("id").GetString() == "all");
        Assert.Equal(("file", "derived"), (all.GetProperty("source").GetString(), all.GetProperty("budget").GetProperty("dailyCapUsd").GetString()));
        Assert.Empty(listed.GetProperty("problems").EnumerateArray());
    }

    [Fact]
    public async Task Put_GivenANewBudget_IsInForceUntilItIsDeleted()
    {
        var put = await PutAsync("search", Budget("search", "team:search", "12.50"), HttpStatusCode.Created);
        var again = await PutAsync("search", Budget("search", "team:search", "13"), HttpStatusCode.OK);
        var got = await app.GetAsync("/api/budgets/search");
        var deleted = await DeleteAsync("search", HttpStatusCode.OK);
        await app.GetAsync("/api/budgets/search", HttpStatusCode.NotFound);

        Assert.Equal(("api", 12.5m), (put.GetProperty("source").GetString(), Limit(put)));
        Assert.Equal((13m, 13m), (Limit(again), Limit(got)));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""{"removed":"search","fileInForce":false}"""), deleted));
    }

    [Fact]
    public async Task Put_GivenABudgetOfTheFile_StandsInItsPlaceUntilItIsDeleted()
    {
        await PutAsync("model-day", Budget("model-day", "model:each", "50"), HttpStatusCode.Created);
        var put = await app.GetAsync("/api/budgets/model-day");
        var deleted = await DeleteAsync("model-day", HttpStatusCode.OK);
        var back = await app.GetAsync("/api/budgets/model-day");

        Assert.Equal(("api", 50m, "file", 100m), (put.GetProperty("source").GetString(), Limit(put), back.GetProperty("source").GetString(), Limit(back)));
        Assert.True(deleted.GetProperty("fileInForce").GetBoolean());
    }

    [Fact]
    public async Task Put_GivenFaults_NamesThemAll()
    {
        var problem = await PutAsync("x", """{"id":"x","scope":"squad:y","period":"month","limitUsd":-1}""", HttpStatusCode.BadRequest);

        Assert.Equal(["$.limitUsd", "$.scope"], problem.GetProperty("faults").EnumerateArray().Select(f => f.GetProperty("at").GetString()));
    }

    [Fact]
    public async Task Put_GivenAnotherId_Refuses()
    {
        var problem = await PutAsync("x", Budget("y", "team:y", "1"), HttpStatusCode.BadRequest);

        Assert.Equal("Expected 'x' as in the address, got 'y'.", ProblemOf(problem));
    }

    [Fact]
    public async Task Put_GivenAnOverlapWithTheFile_SaysWithWhich()
    {
        var problem = await PutAsync("mine", Budget("mine", "all", "100"), HttpStatusCode.BadRequest);

        Assert.Equal("'mine' and 'all.day' overlap: both are hard limits of all for a day; expected one.", ProblemOf(problem));
        await app.GetAsync("/api/budgets/mine", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Put_GivenADefinitionTooLongToBeStored_SaysSo()
    {
        var models = string.Join(',', Enumerable.Range(0, 1500).Select(i => $"\"local:model-of-a-long-name-{i:D6}\""));
        var problem = await PutAsync("x", $$"""{"id":"x","scope":"team:x","period":"day","limitUsd":1,"allowUnpriced":[{{models}}]}""", HttpStatusCode.BadRequest);

        Assert.EndsWith("characters with all its defaults; one that is stored may have 30000.", ProblemOf(problem), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_GivenABudgetOfTheFileAlone_SaysWhereItStands()
    {
        var problem = await DeleteAsync("all", HttpStatusCode.Conflict);

        Assert.Equal("The budget 'all' stands in the app's file and did not come through the API: change the file, or put another in its place.", problem.GetProperty("title").GetString());
    }

    [Fact]
    public async Task Delete_GivenAFilesBudgetThatWouldContradictOthers_Refuses()
    {
        await PutAsync("model-day", Budget("model-day", "team:elsewhere", "50"), HttpStatusCode.Created);
        await PutAsync("models", """{"id":"models","scope":"model:each","period":"day","limitUsd":9,"hard":false}""", HttpStatusCode.Created);

        var problem = await DeleteAsync("model-day", HttpStatusCode.Conflict);
        await DeleteAsync("models", HttpStatusCode.OK);
        await DeleteAsync("model-day", HttpStatusCode.OK);

        Assert.Equal("Without it the 'model-day' of the app's file would be in force again, which contradicts others.", problem.GetProperty("title").GetString());
        Assert.Equal("'model-day' and 'models' overlap: both are soft limits of model:each for a day; expected one.", ProblemOf(problem));
    }

    [Fact]
    public async Task Delete_GivenNoSuchBudget_Answers404() =>
        Assert.Equal("There is no budget 'nothing'.", (await DeleteAsync("nothing", HttpStatusCode.NotFound)).GetProperty("title").GetString());

    [Fact]
    public async Task Health_GivenABudgetsFileThatIsNotThere_SaysSo()
    {
        await using var noBudgets = await AppProcess.StartAsync(new Dictionary<string, string>(app.Settings) { ["BudgetsFile"] = "no-such-budgets.json" });

        using var answer = await noBudgets.Http.GetAsync(new Uri("/api/health", UriKind.Relative));
        var health = await AppFixture.ReadAsync(answer, HttpStatusCode.ServiceUnavailable);

        Assert.StartsWith("no-such-budgets.json: The budgets cannot be read:", Assert.Single(health.GetProperty("problems").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_GivenAStoredBudgetThatCannotBeRead_SaysSo()
    {
        var row = new TableEntity("!definitions", "broken") { ["Definition"] = """{"id":"other","scope":"team:o","period":"day","limitUsd":1}""" };
        await app.Account.Table("Budgets").InsertOrReplaceAsync(row, CancellationToken.None);
        await using var fresh = await AppProcess.StartAsync(app.Settings);

        using var answer = await fresh.Http.GetAsync(new Uri("/api/health", UriKind.Relative));
        var health = await AppFixture.ReadAsync(answer, HttpStatusCode.ServiceUnavailable);
        await app.Account.Table("Budgets").DeleteAsync("!definitions", "broken", Azure.ETag.All, CancellationToken.None);

        Assert.Equal("Budgets: stored budget broken $.id: Expected 'broken' as in its key, got 'other'.", Assert.Single(health.GetProperty("problems").EnumerateArray()).GetString());
    }

    private async Task<JsonElement> PutAsync(string id, string budget, HttpStatusCode expected)
    {
        using var content = new StringContent(budget, Encoding.UTF8, "application/json");
        using var answer = await app.Http.PutAsync(new Uri($"/api/budgets/{id}", UriKind.Relative), content);
        return await AppFixture.ReadAsync(answer, expected);
    }

    private async Task<JsonElement> DeleteAsync(string id, HttpStatusCode expected)
    {
        using var answer = await app.Http.DeleteAsync(new Uri($"/api/budgets/{id}", UriKind.Relative));
        return await AppFixture.ReadAsync(answer, expected);
    }

    private static string Budget(string id, string scope, string limit) => $$"""{"id":"{{id}}","scope":"{{scope}}","period":"day","limitUsd":{{limit}} }""";

    private static decimal Limit(JsonElement entry) => entry.GetProperty("budget").GetProperty("limitUsd").GetDecimal();

    private static string? ProblemOf(JsonElement problem) => Assert.Single(problem.GetProperty("faults").EnumerateArray()).GetProperty("problem").GetString();
}
