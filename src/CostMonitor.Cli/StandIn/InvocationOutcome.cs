namespace CostMonitor.Cli.StandIn;

/// <summary>How the host judges one invocation.</summary>
public abstract record InvocationOutcome
{
    private InvocationOutcome()
    {
    }

    /// <summary>The app answered 2xx with a JSON object.</summary>
    /// <param name="Logs">The answer's <c>Logs</c>, which the host writes after the invocation.</param>
    public sealed record Succeeded(IReadOnlyList<string> Logs) : InvocationOutcome;

    /// <summary>The host counts the invocation as failed.</summary>
    /// <param name="Reason">What the app answered or did, and what the host wanted.</param>
    public sealed record Failed(string Reason) : InvocationOutcome;
}
