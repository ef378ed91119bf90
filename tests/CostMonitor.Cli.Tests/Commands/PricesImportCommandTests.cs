using System.Text.Json;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Cli.Tests.Commands;

/// <summary><c>costmon prices import</c> as a process: what it prints, writes and answers.</summary>
public sealed class PricesImportCommandTests : IDisposable
{
    private const string First = """
        {"acme-1":{"litellm_provider":"acme","mode":"chat","input_cost_per_token":1e-06,"output_cost_per_token":2e-06,"output_cost_per_second":0.1},
         "acme-2":{"litellm_provider":"acme","mode":"chat","input_cost_per_token":3e-07}}
        """;

    private const string Second = """
        {"acme-1":{"litellm_provider":"acme","mode":"chat","input_cost_per_token":1.5e-06,"output_cost_per_token":2e-06,"output_cost_per_second":0.1},
         "acme-2":{"litellm_provider":"acme","mode":"chat","input_cost_per_token":3e-04}}
        """;

    private readonly TempFolder _folder = new();

    private string Catalog => _folder.Of("prices");

    [Fact]
    public async Task Import_GivenNoApply_ShowsTheChangesAndWritesNothing()
    {
        var result = await ImportAsync("litellm", _folder.Write("a.json", First), "--effective-from", "2026-08-01");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("│ added         │     2 │", result.Output, StringComparison.Ordinal);
        Assert.Contains("is charged by the second", result.Output, StringComparison.Ordinal);
        Assert.Contains("This is a preview; nothing was written.", result.Words, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Catalog));
    }

    [Fact]
    public async Task Import_GivenTheSameFileTwice_ChangesNothingTheSecondTime()
    {
        var file = _folder.Write("a.json", First);
        await ImportAsync("litellm", file, "--effective-from", "2026-08-01", "--apply");
        var written = await File.ReadAllBytesAsync(Path.Combine(Catalog, "acme.json"));

        var result = await ImportAsync("litellm", file, "--apply");

        Assert.Equal((0, "Nothing had to be written."), (result.ExitCode, result.Words.TrimEnd()));
        Assert.Equal(written, await File.ReadAllBytesAsync(Path.Combine(Catalog, "acme.json")));
        Assert.Equal(["acme.json"], Directory.GetFiles(Catalog).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Import_GivenAQuarantinedChange_AppliesTheRestAndAnswersOneUntilItIsConfirmed()
    {
        await ImportAsync("litellm", _folder.Write("a.json", First), "--effective-from", "2026-08-01", "--apply");
        var second = _folder.Write("b.json", Second);

        var waiting = await ImportAsync("litellm", second, "--effective-from", "2026-09-01", "--apply");
        Assert.Equal(1, waiting.ExitCode);
        Assert.Contains(
            "quarantined: acme:acme-2: input moves from 0.3 per million tokens to 300 per million tokens, up by a factor of 1000: it looks like a unit mixed up",
            waiting.Words, StringComparison.Ordinal);
        Assert.Equal("$1.5", await InputAsync("acme:acme-1", "2026-09-01"));
        Assert.Equal("$1", await InputAsync("acme:acme-1", "2026-08-31"));
        Assert.Equal("$0.3", await InputAsync("acme:acme-2", "2026-09-01"));

        var confirmed = await ImportAsync("litellm", second, "--effective-from", "2026-09-01", "--apply", "--confirm", "acme:acme-2");
        Assert.Equal(0, confirmed.ExitCode);
        Assert.Equal("$300", await InputAsync("acme:acme-2", "2026-09-01"));
    }

    [Fact]
    public async Task Import_GivenABuiltInProvider_StartsFromItsFile()
    {
        var file = _folder.Write("data.json", """[{"id":"x-ai","models":[{"id":"grok-new","match":{"equals":"grok-new"},"prices":{"input_mtok":1}}]}]""");

        await ImportAsync("genai-prices", file, "--source", "commit 1", "--effective-from", "2026-08-21", "--apply");

        using var written = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Catalog, "xai.json")));
        var models = written.RootElement.GetProperty("models").EnumerateArray().ToDictionary(m => m.GetProperty("model").GetString() ?? "");
        Assert.Equal(PriceCatalog.BuiltIn.Models.Count(m => m.Key.Provider == "xai") + 1, models.Count);
        Assert.Equal("https://github.com/pydantic/genai-prices (MIT), data.json, commit 1", models["grok-new"].GetProperty("prices")[0].GetProperty("source").GetString());
        Assert.Equal("xai-2026-08-21", models["grok-new"].GetProperty("prices")[0].GetProperty("label").GetString());
    }

    [Fact]
    public async Task Import_GivenJson_GivesAllOfIt()
    {
        var result = await ImportAsync("litellm", _folder.Write("a.json", First), "--effective-from", "2026-08-01", "--source", "2026-07-31", "--json");

        using var json = JsonDocument.Parse(result.Output);
        var root = json.RootElement;
        Assert.Equal((2, 1), (root.GetProperty("counts").GetProperty("added").GetInt32(), root.GetProperty("counts").GetProperty("skipped").GetInt32()));
        Assert.Equal("""{"entry":"acme-1","field":"output_cost_per_second","reason":"is charged by the second"}""", JsonSerializer.Serialize(root.GetProperty("skipped")[0]));
        var change = root.GetProperty("changes")[0];
        Assert.Equal(("added", "acme:acme-1", JsonValueKind.Null), (change.GetProperty("kind").GetString(), change.GetProperty("offer").GetString(), change.GetProperty("before").ValueKind));
        Assert.Equal(2m, change.GetProperty("after").GetProperty("perMillionTokens").GetProperty("output").GetDecimal());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("written").ValueKind);
    }

    [Fact]
    public async Task Import_GivenOneProvider_LeavesTheOthersOut()
    {
        var file = _folder.Write("a.json", """{"a":{"litellm_provider":"one","input_cost_per_token":1e-06},"b":{"litellm_provider":"two","input_cost_per_token":1e-06}}""");

        await ImportAsync("litellm", file, "--provider", "two", "--apply");

        Assert.Equal(["two.json"], Directory.GetFiles(Catalog).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("""{"a":{"litellm_provider":"p","input_cost_per_token":"x"}}""", "$.a.input_cost_per_token: Expected a price as a number, got \"x\".")]
    [InlineData("""{"a":{"litellm_provider":"p","input_cost_per_token":1e-06}}""", "Nothing is quarantined for 'p:b'; write the offer as the preview does.", "--confirm", "p:b")]
    [InlineData("""{"a":{"litellm_provider":"p","input_cost_per_token":1e-06}}""", "The file has no provider 'q'; it has p.", "--provider", "q")]
    [InlineData("""{"a":{"litellm_provider":"p","input_cost_per_token":1e-06}}""", "Expected a day as yyyy-MM-dd, got 'May'.", "--effective-from", "May")]
    public async Task Import_GivenWhatCannotBeUsed_AnswersTwoAndWritesNothing(string json, string words, params string[] options)
    {
        var result = await ImportAsync(["litellm", _folder.Write("a.json", json), "--apply", .. options]);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(words, result.Words, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Catalog));
    }

    public void Dispose() => _folder.Dispose();

    private Task<Costmon.Result> ImportAsync(params string[] arguments) => Costmon.RunAsync(["prices", "import", .. arguments, "--catalog", Catalog]);

    /// <summary>The input price of a day, as <c>explain</c> has it.</summary>
    private async Task<string> InputAsync(string model, string day)
    {
        var result = await Costmon.RunAsync("prices", "explain", model, "--day", day, "--usage", "input=1000000", "--catalog", Catalog, "--json");
        using var json = JsonDocument.Parse(result.Output);
        return "$" + json.RootElement.GetProperty("parts")[0].GetProperty("usdPerUnit").GetDecimal().ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
