using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Chain;
using CostMonitor.Testing.ScriptedServer;

namespace CostMonitor.Testing.Chaos;

/// <summary>Many calls over three endpoints that fail by a seeded script, one of which dies for a while.</summary>
/// <param name="Scale">What all times are multiplied by: at 1 the endpoint is dead for 6 seconds and an attempt may take 2.</param>
public sealed record ChaosPlan(double Scale)
{
    /// <summary>The first one dies.</summary>
    public static IReadOnlyList<ModelKey> Endpoints { get; } = [new("chaos", "a"), new("chaos", "b"), new("chaos", "c")];

    public int Calls { get; init; } = 2_000;

    public int Concurrency { get; init; } = 32;

    public ulong Seed { get; init; } = 4;

    /// <summary>How many calls have ended when the first endpoint dies.</summary>
    public int CallsBeforeDeath { get; init; } = 300;

    public TimeSpan Dead => 6 * Unit;

    public TimeSpan Attempt => 2 * Unit;

    public TimeSpan Total => 15 * Unit;

    /// <summary>More entries and properties for models.json beside the three endpoints, such as a logical model over them; empty for none.</summary>
    public string MoreModels { get; init; } = "";

    /// <summary>More of <c>calling</c>, beginning with a comma; empty for nothing.</summary>
    public string MoreCalling { get; init; } = "";

    /// <summary>Which model a call asks for.</summary>
    public Func<int, ModelKey> Target { get; init; } = static call => Endpoints[call % Endpoints.Count];

    public ChainParts Parts { get; init; } = ChainParts.Alone;

    public Script Ordinary => new() { FirstTokenDelay = 0.2 * Unit, Gap = 0.01 * Unit, Tokens = 11, Usage = """{"prompt_tokens":9,"completion_tokens":11,"total_tokens":20}""" };

    /// <summary>A fifth of the calls meet something.</summary>
    public IReadOnlyList<PlannedFault> Faults =>
    [
        new("429", 0.04, Answers.RateLimited()),
        new("429 with a wait", 0.04, Answers.RateLimited(0.1 * Unit)),
        new("500", 0.04, Answers.ServerError),
        new("500 twice", 0.01, Answers.ServerError, Attempts: 2),
        new("reset before the head", 0.01, new Script { Fault = Fault.ResetBeforeHead }),
        new("cut in mid-stream", 0.02, Ordinary with { Fault = Fault.Cut, FaultAfter = 3 }),
        new("hang", 0.005, Ordinary with { Fault = Fault.Hang }),
        new("hang in mid-stream", 0.005, Ordinary with { Fault = Fault.Hang, FaultAfter = 3 }),
        new("never answers", 0.005, new Script { Fault = Fault.Silence }),
        new("HTML page", 0.005, Answers.BadGateway),
        new("error inside 200", 0.005, Answers.ErrorInside200),
        new("half an event", 0.005, Ordinary with { Fault = Fault.HalfEvent, FaultAfter = 3 }),
        new("invalid JSON", 0.005, Ordinary with { Fault = Fault.InvalidJson, FaultAfter = 3 }),
        new("prompt filtered", 0.005, Answers.PromptFiltered),
    ];

    private TimeSpan Unit => TimeSpan.FromSeconds(Scale);

    internal string ModelsJson(IReadOnlyList<Uri> addresses) => FormattableString.Invariant(
        $$"""
        { "capabilities": { "chat": { "usageInStream": true } },
          "calling": { "attemptSeconds": {{Attempt.TotalSeconds}}, "totalSeconds": {{Total.TotalSeconds}}, "stallSeconds": {{Scale}},
            "retries": 3, "backoffSeconds": {{Scale / 20}}, "longestBackoffSeconds": {{Scale}} {{MoreCalling}} },
          "models": [ {{string.Join(", ", Endpoints.Zip(addresses, static (model, address) =>
              $$"""{ "model": "{{model}}", "api": "openai-compatible", "endpoint": "{{address}}v1/", "capabilities": "chat" }"""))}} {{MoreModels}} ] }
        """);
}
