using System.Text.Json;
using CostMonitor.Core.Budgets;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;
using CostMonitor.Functions.Setup;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Configuration;
using Microsoft.Extensions.AI;

namespace CostMonitor.Functions.Budgets;

/// <summary>Proves on the running system that a budget of one cent blocks: a budget of its own, calls of a simulated model until one is refused, and what the ledger says then.</summary>
/// <param name="IsPassed">Whether a call was refused, and nothing passed the limit.</param>
/// <param name="Model">The model that was called.</param>
/// <param name="Calls">Calls that were answered.</param>
/// <param name="Settled">What the ledger says that they cost.</param>
/// <param name="Refusal">What the refused call was told; null if none was refused.</param>
internal sealed record BudgetSelfTest(bool IsPassed, ModelKey Model, int Calls, Usd Settled, string? Refusal)
{
    private const int MostCalls = 300;
    private const int InFlight = 8;

    public static Usd Limit { get; } = new(0.01m);

    private static readonly TimeSpan LongestTest = TimeSpan.FromMinutes(2);

    /// <summary>A model of the test's own, so that it needs none of the app's and pays nobody.</summary>
    private const string Models = """{"models":[{"model":"sim:large-latest","api":"simulated","simulated":{"ttftMs":{"median":5},"tokensPerSecond":20000,"outputTokens":{"median":50}}}]}""";

    /// <exception cref="InvalidOperationException">The simulated model has no price in force.</exception>
    public static async Task<BudgetSelfTest> RunAsync(RunningApp app, CancellationToken cancellationToken)
    {
        using var models = new ModelClients(
            ModelConfiguration.Parse(Models, "self-test", static _ => null), null, app.Time, null, new ChainParts { Ledger = app.Ledger, Prices = () => app.Prices.InForce.Catalog });
        var model = models.Configuration.Models[0].Model;
        var price = app.Prices.InForce.Catalog.CostOf(new Offer(model), null, new() { Output = 1000 }, app.Time.GetUtcNow()).Amount;
        if (!(price > Usd.Zero)) throw new InvalidOperationException($"The self-test needs a price of {model}: the price file of sim that is in force has none.");
        var id = $"selftest-{Guid.NewGuid():N}"[..24];
        // Without thresholds: whether it blocks is seen here, and nobody is to be woken by it.
        var json = $$"""{"id":"{{id}}","scope":"experiment:{{id}}","period":"day","limitUsd":0.01,"hard":true,"thresholds":[]}""";
        await app.Budgets.PutAsync(BudgetFile.ParseOne(json, "self-test"), cancellationToken);
        try
        {
            var (calls, refusal) = await SpendAsync(models, model, id, cancellationToken);
            await app.Ledger.FlushAsync(cancellationToken);
            var state = (await app.LedgerWatch.StatesAsync(isAll: false, cancellationToken)).Single(s => s.Budget.Id == id).State;
            var isPassed = refusal is not null && refusal.Contains(id, StringComparison.Ordinal) && calls > 0 && state.Settled + state.Held <= Limit;
            return new BudgetSelfTest(isPassed, model, calls, state.Settled, refusal);
        }
        finally
        {
            await app.Budgets.RemoveAsync(id, CancellationToken.None);
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("passed", IsPassed);
        json.WriteString("model", Model.ToString());
        json.WriteNumber("calls", Calls);
        json.WriteNumber("limitUsd", Limit.Amount);
        json.WriteNumber("settledUsd", Settled.Amount);
        json.WriteString("refusal", Refusal);
        json.WriteEndObject();
    }

    private static async Task<(int Calls, string? Refusal)> SpendAsync(ModelClients models, ModelKey model, string id, CancellationToken cancellationToken)
    {
        var client = models.FindChatClient(model) ?? throw new InvalidOperationException($"{model} cannot be called.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(LongestTest);
        var (asked, answered, refusal) = (0, 0, (string?)null);
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(async _ =>
        {
            while (refusal is null && Interlocked.Increment(ref asked) <= MostCalls)
            {
                var settings = new CallSettings { Id = $"{id}.{asked}", BypassesCache = true, Tags = new CallTags { Experiment = id }, Priority = CallPriority.Critical };
                try
                {
                    await client.GetResponseAsync($"Self-test, question {asked}.", ModelCall.With(new ChatOptions { MaxOutputTokens = 100 }, settings), stop.Token);
                    Interlocked.Increment(ref answered);
                }
                catch (CallRefusedException e) when (e.Reason == RefusalReason.BudgetExhausted)
                {
                    refusal = e.Message;
                }
            }
        }));
        return (answered, refusal);
    }
}
