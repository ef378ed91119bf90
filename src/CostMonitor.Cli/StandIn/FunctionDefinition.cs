namespace CostMonitor.Cli.StandIn;

/// <summary>One function as its function.json describes it, with every <c>%Name%</c> replaced.</summary>
/// <param name="Name">The name of the function's folder, which is also the path that the app is called on.</param>
/// <param name="Binding">The trigger's binding name, which is the key of its value in the payload's <c>Data</c>.</param>
internal abstract record FunctionDefinition(string Name, string Binding)
{
    /// <summary>A function that runs on a schedule.</summary>
    public sealed record Timer(string Name, string Binding, TimerSchedule Schedule, bool RunOnStartup, bool UseMonitor)
        : FunctionDefinition(Name, Binding);

    /// <summary>A function that runs once for each message of a queue.</summary>
    public sealed record Queue(string Name, string Binding, string QueueName, string ConnectionString)
        : FunctionDefinition(Name, Binding);

    /// <summary>A function that answers HTTP requests.</summary>
    /// <param name="Name">See <see cref="FunctionDefinition"/>.</param>
    /// <param name="Binding">See <see cref="FunctionDefinition"/>.</param>
    /// <param name="Route">The route with the route prefix, without a leading slash.</param>
    /// <param name="Methods">The methods it answers, in upper case; empty for all.</param>
    public sealed record Http(string Name, string Binding, string Route, IReadOnlyList<string> Methods)
        : FunctionDefinition(Name, Binding);
}
