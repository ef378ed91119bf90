using CostMonitor.Testing.ScriptedServer;
using Xunit;

namespace CostMonitor.Providers.Tests.ScriptedServer;

public sealed class FaultScriptTests
{
    private static readonly PlannedFault Limited = new("429", 0.2, Answers.RateLimited()), Storm = new("500", 0.05, Answers.ServerError, Attempts: 2);

    [Fact]
    public void Answer_GivenSharesOfTheCalls_StrikesExactlyThatManyOnTheirFirstAttempts()
    {
        var script = new FaultScript(seed: 1, calls: 200, Script.Default, Limited, Storm);

        for (var call = 0; call < 200; call++)
        {
            for (var attempt = 0; attempt < 3; attempt++) script.Answer(Request(call));
        }

        Assert.Equal((40, 20, 60), (script.Injected["429"], script.Injected["500"], script.Planned)); // 40 calls once, 10 calls twice
        Assert.Equal(3, script.AttemptsOf(199));
    }

    [Fact]
    public void Answer_GivenAStruckCall_RecoversAfterItsFaultyAttempts()
    {
        var script = new FaultScript(seed: 1, calls: 1, Script.Default, Storm with { Share = 1 });

        Assert.Equal([Answers.ServerError, Answers.ServerError, Script.Default], Enumerable.Range(0, 3).Select(_ => script.Answer(Request(0))));
    }

    [Fact]
    public void FaultOf_GivenASeed_FollowsFromItAlone()
    {
        Assert.Equal(Struck(5), Struck(5));
        Assert.NotEqual(Struck(5), Struck(6));
    }

    private static IEnumerable<int> Struck(ulong seed)
    {
        var script = new FaultScript(seed, 100, Script.Default, Limited);
        return Enumerable.Range(0, 100).Where(call => script.FaultOf(call) is not null);
    }

    private static ServedRequest Request(int call) => new()
    {
        Id = "1", Method = "POST", Path = "/v1/chat/completions", Headers = new Dictionary<string, string>(), Received = 0,
        Body = $$"""{"messages":[{"role":"user","content":"{{FaultScript.Prompt(call)}}"}]}""",
    };
}
