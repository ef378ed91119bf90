using System.Text.Json;

namespace CostMonitor.Cli.Tests.Commands;

public sealed class PricesCommandTests
{
    [Fact]
    public async Task Explain_GivenTheGoldenCall_PrintsEveryFactor()
    {
        var result = await Costmon.RunAsync("prices", "explain", "openai:gpt-4o", "--usage", "input=1000,output=2000", "--day", "2024-06-01");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            """
            ╭────────┬──────────┬───────┬────────────────┬────────────┬────────╮
            │ class  │ quantity │ price │            per │ tier above │   cost │
            ├────────┼──────────┼───────┼────────────────┼────────────┼────────┤
            │ input  │     1000 │    $5 │ million-tokens │            │ $0.005 │
            │ output │     2000 │   $15 │ million-tokens │            │  $0.03 │
            │ sum    │          │       │                │            │ $0.035 │
            ╰────────┴──────────┴───────┴────────────────┴────────────┴────────╯

            """,
            result.Output);
        Assert.Contains("openai:gpt-4o, list openai-2024-05-13\nin force from 2024-05-13 until 2024-10-01 (exclusive), UTC\nsource: ", result.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_GivenAnOverlay_ShowsTheDiscountedRow()
    {
        using var folder = new TempFolder();
        var overlay = Path.Combine(folder.Path, "ea.json");
        await File.WriteAllTextAsync(overlay, """
            { "overlay": "ours", "discounts": [ { "provider": "openai", "models": "gpt-4o", "effectiveFrom": "2024-01-01", "times": 0.8, "source": "EA 1" } ] }
            """);

        var result = await Costmon.RunAsync(
            "prices", "explain", "openai:gpt-4o", "--usage", "input=1000,output=2000", "--day", "2024-06-01", "--overlay", overlay, "--json");

        var explained = JsonElement.Parse(result.Output);
        Assert.Equal(0.028m, explained.GetProperty("costUsd").GetDecimal()); // 0.8 * 0.035
        Assert.Equal("openai-2024-05-13+ours", explained.GetProperty("row").GetProperty("label").GetString());
    }

    [Fact]
    public async Task List_GivenACatalogFolder_ShowsItsFileInsteadOfTheBuiltInOne()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "openai.json"), """
            { "provider": "openai", "models": [ { "model": "mine", "prices": [ { "label": "l", "effectiveFrom": "2020-01-01", "checked": "2020-01-01",
              "source": "s", "currency": "USD", "perMillionTokens": { "input": 1 } } ] } ] }
            """);

        var result = await Costmon.RunAsync("prices", "list", "openai:", "--catalog", folder.Path, "--json");

        var models = JsonElement.Parse(result.Output).EnumerateArray().Select(p => p.GetProperty("model").GetString());
        Assert.Equal(["openai:mine"], models.Where(m => m?.StartsWith("openai:", StringComparison.Ordinal) == true));
    }

    [Theory]
    [InlineData("--usage", "inputs=1", "got 'inputs=1'")]
    [InlineData("--usage", "input=1.5", "got 'input=1.5'")]
    [InlineData("--tier", "cheap", "Expected one of standard, batch, priority, flex, provisioned, got 'cheap'.")]
    [InlineData("--day", "yesterday", "Expected a day as yyyy-MM-dd, got 'yesterday'.")]
    [InlineData("--catalog", "no-such-folder", "no-such-folder")]
    public async Task Explain_GivenAFaultyOption_SaysWhatWasExpected(string option, string value, string words)
    {
        string[] usage = option == "--usage" ? [] : ["--usage", "input=1"];

        var result = await Costmon.RunAsync(["prices", "explain", "openai:gpt-4o", option, value, .. usage]);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(words, result.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Estimate_GivenImages_RefusesInsteadOfLeavingThemOut()
    {
        var result = await Costmon.RunAsync("prices", "estimate", "openai:gpt-4o", "--usage", "input=250,images=2");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("leave out requests, images and hours", result.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Estimate_GivenAModelWithoutAPrice_PrintsTheOthersAndEndsWith1()
    {
        var result = await Costmon.RunAsync("prices", "estimate", "openai:gpt-4o", "openai:gpt-x", "--usage", "input=250,output=250", "--per-day", "1000", "--json");

        var estimates = JsonElement.Parse(result.Output);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(93.75m, estimates[0].GetProperty("perMonthUsd").GetDecimal()); // 30 * 1000 * (250 * 2.5 + 250 * 10) / 10^6
        Assert.StartsWith("No price for openai:gpt-x on ", estimates[1].GetProperty("unpricedReason").GetString(), StringComparison.Ordinal);
    }
}
