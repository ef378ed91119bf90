using CostMonitor.Core.Pricing;
using CostMonitor.Testing.ScriptedServer;

namespace CostMonitor.Testing.Chaos;

/// <summary>Many calls to a route over three endpoints that fail by a seeded script, one of which dies for a minute.</summary>
public sealed record ChaosPlan
{
    private static readonly ModelKey Any = new("chaos", "any");

    /// <summary>The first one dies.</summary>
    public static IReadOnlyList<ModelKey> Endpoints { get; } = [new("chaos", "a"), new("chaos", "b"), new("chaos", "c")];

    public int Calls { get; init; } = 2_000;

    public int Concurrency { get; init; } = 32;

    public ulong Seed { get; init; } = 4;

    /// <summary>How many calls have ended when the first endpoint dies.</summary>
    public int CallsBeforeDeath { get; init; } = 300;

    public TimeSpan Dead { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan Attempt { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan Total { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What every call asks for.</summary>
    public ModelKey Model { get; init; } = Any;

    /// <summary>Such that the calls go on for longer than the endpoint is dead.</summary>
    public Script Ordinary { get; init; } = new() { FirstTokenDelay = TimeSpan.FromSeconds(1.3), Gap = TimeSpan.FromMilliseconds(10), Tokens = 11, Usage = """{"prompt_tokens":9,"completion_tokens":11,"total_tokens":20}""" };

    /// <summary>A tenth of the calls meet something: less than would look like an outage.</summary>
    public IReadOnlyList<PlannedFault> Faults =>
    [
        new("429", 0.02, Answers.RateLimited()),
        new("429 with a wait", 0.02, Answers.RateLimited(TimeSpan.FromSeconds(0.1))),
        new("500", 0.02, Answers.ServerError),
        new("500 twice", 0.005, Answers.ServerError, Attempts: 2),
        new("reset before the head", 0.005, new Script { Fault = Fault.ResetBeforeHead }),
        new("cut in mid-stream", 0.01, Ordinary with { Fault = Fault.Cut, FaultAfter = 3 }),
        new("hang", 0.0025, Ordinary with { Fault = Fault.Hang }),
        new("hang in mid-stream", 0.0025, Ordinary with { Fault = Fault.Hang, FaultAfter = 3 }),
        new("never answers", 0.0025, new Script { Fault = Fault.Silence }),
        new("HTML page", 0.0025, Answers.BadGateway),
        new("error inside 200", 0.0025, Answers.ErrorInside200),
        new("half an event", 0.0025, Ordinary with { Fault = Fault.HalfEvent, FaultAfter = 3 }),
        new("invalid JSON", 0.0025, Ordinary with { Fault = Fault.InvalidJson, FaultAfter = 3 }),
        new("prompt filtered", 0.0025, Answers.PromptFiltered),
    ];

    internal string ModelsJson(IReadOnlyList<Uri> addresses) => FormattableString.Invariant(
        $$"""
        { "capabilities": { "chat": { "usageInStream": true } },
          "calling": { "attemptSeconds": {{Attempt.TotalSeconds}}, "totalSeconds": {{Total.TotalSeconds}}, "stallSeconds": 2,
            "retries": 3, "breaker": { "openSeconds": 5 } },
          "models": [ {{string.Join(", ", Endpoints.Zip(addresses, static (model, address) =>
              $$"""{ "model": "{{model}}", "api": "openai-compatible", "endpoint": "{{address}}v1/", "capabilities": "chat" }"""))}} ],
          "routes": [ { "model": "{{Any}}", "order": "weighted", "targets": [ {{string.Join(", ", Endpoints.Select(static e => $"\"{e}\""))}} ] } ] }
        """);
}
