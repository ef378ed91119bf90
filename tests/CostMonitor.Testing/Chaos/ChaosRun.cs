using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Configuration;
using CostMonitor.Testing.ScriptedServer;

namespace CostMonitor.Testing.Chaos;

/// <summary>Makes the calls of a <see cref="ChaosPlan"/>, kills an endpoint on the way and brings it back.</summary>
public sealed class ChaosRun : ICompletionClient, IRunWriter, IDisposable
{
    private readonly ChaosPlan _plan;
    private readonly ModelClients _clients;
    private readonly ScriptedModelServer[] _servers;
    private readonly FaultScript _script;
    private readonly ConcurrentDictionary<string, RunOutcome> _outcomes = new();
    private readonly ConcurrentQueue<RunRecord> _records = new();
    private readonly ConcurrentQueue<BreakerChange> _changes = new();
    private readonly TaskCompletionSource _isTimeToDie = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChaosRun(ChaosPlan plan, ScriptedModelServer[] servers)
    {
        (_plan, _servers, _script) = (plan, servers, new FaultScript(plan.Seed, plan.Calls, plan.Ordinary, plan.Faults));
        foreach (var server in servers) server.Respond = _script.Answer;
        var configuration = ModelConfiguration.Parse(plan.ModelsJson([.. servers.Select(static s => s.Address)]), "models.json", static _ => null);
        _clients = new ModelClients(configuration, null, TimeProvider.System, null, new ChainParts { OnBreaker = _changes.Enqueue });
    }

    public static async Task<ChaosReport> RunAsync(ChaosPlan plan, CancellationToken stop)
    {
        var servers = new ScriptedModelServer[ChaosPlan.Endpoints.Count];
        for (var i = 0; i < servers.Length; i++) servers[i] = await ScriptedModelServer.StartAsync();
        try
        {
            using var run = new ChaosRun(plan, servers);
            return await run.RunAsync(stop);
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }

    public void Dispose() => _clients.Dispose();

    async Task<RunOutcome> ICompletionClient.CompleteAsync(CompletionRequest request, CancellationToken cancellationToken)
    {
        var outcome = await _clients.CompleteAsync(request, cancellationToken);
        _outcomes[request.Id] = outcome;
        return outcome;
    }

    Task IRunWriter.AddAsync(RunRecord record, CancellationToken cancellationToken)
    {
        _records.Enqueue(record);
        if (_records.Count == _plan.CallsBeforeDeath) _isTimeToDie.TrySetResult();
        return Task.CompletedTask;
    }

    private async Task<ChaosReport> RunAsync(CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        using var gate = new SemaphoreSlim(_plan.Concurrency);
        var loop = new RunLoop(new RunEngine(this, PriceCatalog.BuiltIn, TimeProvider.System), TimeProvider.System, gate);
        var death = DieAsync(stop);
        await loop.RunAsync(Enumerable.Range(0, _plan.Calls).Select(Request), this, stop);
        var took = Stopwatch.GetElapsedTime(start);
        var callsBeforeReturn = await death;
        var books = new List<ServerBooks>();
        foreach (var server in _servers) books.Add(await server.CloseBooksAsync(stop));
        var answered = _servers.SelectMany(static s => s.Requests).Where(static r => r is { Ended: > 0, Script: { Status: 200, Body: null } }).ToLookup(FaultScript.CallOf);
        return new ChaosReport
        {
            Took = took,
            Outcomes = [.. Enumerable.Range(0, _plan.Calls).Select(call => _outcomes[IdOf(call).ToString()])],
            Records = [.. _records],
            Books = books,
            Accepted = [.. Enumerable.Range(0, _plan.Calls).Select(_script.AttemptsOf)],
            Answered = [.. Enumerable.Range(0, _plan.Calls).Select(call => answered[call].Count())],
            Injected = _script.Injected,
            CallsBeforeReturn = callsBeforeReturn,
            BreakerChanges = [.. _changes],
        };
    }

    private async Task<int> DieAsync(CancellationToken stop)
    {
        await _isTimeToDie.Task.WaitAsync(stop);
        await _servers[0].CloseAsync();
        await Task.Delay(_plan.Dead, stop);
        await _servers[0].ReopenAsync();
        return _records.Count;
    }

    private RunRequest Request(int call) => new()
    {
        Id = IdOf(call),
        Plan = "chaos",
        Model = _plan.Model,
        Prompt = new Prompt { Id = call.ToString(CultureInfo.InvariantCulture), Category = "chaos", Text = FaultScript.Prompt(call), Contract = OutputContract.AnyText },
        Timeout = _plan.Attempt,
        Retries = 3,
    };

    private static RunId IdOf(int call) => new(new BatchId("chaos"), call);
}
