namespace CostMonitor.Cli.Tests.Commands;

public sealed class ModelsCommandTests
{
    private const string Models =
        """
        { "capabilities": { "c": {} },
          "models": [
            { "model": "sim:a", "api": "simulated", "facts": { "statusPage": "https://status.example.test/" } },
            { "model": "local:gone", "api": "openai-compatible", "endpoint": "%WHERE%", "capabilities": "c" } ],
          "routes": [ { "model": "route:r", "order": "fastest", "targets": ["sim:a", "local:gone"] } ] }
        """;

    [Fact]
    public async Task Check_GivenAModelThatIsNotConfigured_SaysWhatIsMissingAndIsFine()
    {
        using var folder = new TempFolder();

        var result = await Costmon.RunAsync("models", "check", "--json", "--models", folder.Write("models.json", Models));

        Assert.Equal((0, ""), (result.ExitCode, result.Words));
        Assert.Equal(
            """
            {
              "models": [
                {
                  "model": "sim:a",
                  "configured": true,
                  "state": "in process",
                  "statusPage": "https://status.example.test/"
                },
                {
                  "model": "local:gone",
                  "configured": false,
                  "state": "not configured",
                  "remark": "Setting WHERE is missing."
                }
              ],
              "routes": [
                {
                  "model": "route:r",
                  "order": "fastest",
                  "byDifficulty": false,
                  "targets": 2,
                  "targetsUp": 1
                }
              ]
            }

            """,
            result.Output);
    }

    [Fact]
    public async Task Check_GivenAModelThatCannotBeReached_EndsWithOne()
    {
        using var folder = new TempFolder();
        var where = new Dictionary<string, string> { ["WHERE"] = "http://127.0.0.1:9/" };

        var result = await Costmon.RunAsync(where, "models", "check", "--models", folder.Write("models.json", Models));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("not reachable", result.Output, StringComparison.Ordinal);
        Assert.Contains("1 of 2 up", result.Output, StringComparison.Ordinal);
    }
}
