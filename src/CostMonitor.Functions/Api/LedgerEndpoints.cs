using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Input;
using CostMonitor.Functions.Budgets;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.Api;

/// <summary>Shows how the budgets stand and what led there, reconciles, and proves that a budget blocks.</summary>
internal sealed class LedgerEndpoints(Composition composition)
{
    private const int MostEntries = 1000;

    /// <summary>GET /api/ledgers?all=true: every account of the present periods, or of all.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var query = new ApiQuery(context.Request);
        var all = query.Text("all");
        if (all is not (null or "true" or "false")) query.Fault("all", $"Expected true or false, got '{all}'.");
        query.ThrowIfFaulty();
        var states = await app.LedgerWatch.StatesAsync(all == "true", context.RequestAborted);
        var damaged = await app.LedgerTable.DamagedAsync(context.RequestAborted).ToListAsync(context.RequestAborted);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("ledgers");
            foreach (var state in states) state.Write(json);
            json.WriteEndArray();
            json.WriteStartArray("damaged");
            foreach (var damage in damaged) json.WriteStringValue(damage.Message);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>GET /api/ledgers/{budget}/{period}/entries?value=&amp;top=&amp;before=: the account's entries, the latest first.</summary>
    public async Task EntriesAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var query = new ApiQuery(context.Request);
        var (top, before) = (query.Integer("top", 100, 1, MostEntries), query.Integer("before", int.MaxValue, 1, int.MaxValue));
        query.ThrowIfFaulty();
        var key = KeyOf(context, query);
        var entries = new List<LedgerEntry>();
        await foreach (var entry in app.LedgerTable.EntriesAsync(key, before == int.MaxValue ? null : before, context.RequestAborted))
        {
            entries.Add(entry);
            if (entries.Count == top) break;
        }

        if (entries.Count == 0 && before == int.MaxValue) throw ApiProblem.NotFound($"ledger '{key}' with entries; see /api/ledgers?all=true");
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("ledger", key.ToString());
            json.WriteStartArray("entries");
            foreach (var entry in entries)
            {
                json.WriteStartObject();
                json.WriteNumber("sequence", entry.Sequence);
                json.WriteString("at", entry.At);
                json.WriteString("kind", EnumNames.Of(entry.Kind));
                json.WriteString("worker", entry.Worker);
                json.WriteNumber("settledUsd", entry.Settled.Amount);
                json.WriteNumber("directUsd", entry.Direct.Amount);
                json.WriteNumber("heldUsd", entry.Held.Amount);
                json.WriteNumber("unconfirmedUsd", entry.Unconfirmed.Amount);
                json.WriteNumber("calls", entry.Calls);
                json.WriteNumber("unpriced", entry.Unpriced);
                json.WriteNumber("settledAfterUsd", entry.SettledAfter.Amount);
                json.WriteNumber("heldAfterUsd", entry.HeldAfter.Amount);
                json.WriteNumber("unconfirmedAfterUsd", entry.UnconfirmedAfter.Amount);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (entries is [.., { Sequence: > 1 and var last }] && entries.Count == top) json.WriteNumber("before", last);
            else json.WriteNull("before");
            json.WriteEndObject();
        });
    }

    /// <summary>POST /api/ledgers/{budget}/{period}/accept?value=&amp;by=: takes an account that was changed by hand for the truth.</summary>
    public async Task AcceptAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var query = new ApiQuery(context.Request);
        var by = query.Text("by");
        if (by is not { Length: <= 40 }) query.Fault("by", "Expected who accepts it, at most 40 characters.");
        query.ThrowIfFaulty();
        var key = KeyOf(context, query);
        var accepted = await app.LedgerTable.AcceptAsync(key, by ?? "", app.Time.GetUtcNow(), context.RequestAborted)
            ?? throw new ApiProblem(StatusCodes.Status409Conflict, $"There is nothing to accept: no ledger '{key}' was changed by hand.");
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("ledger", key.ToString());
            json.WriteNumber("sequence", accepted.Sequence);
            json.WriteNumber("settledUsd", accepted.Settled.Amount);
            json.WriteNumber("settledAfterUsd", accepted.SettledAfter.Amount);
            json.WriteEndObject();
        });
    }

    /// <summary>POST /api/ledgers/reconcile: sets every account of the last month beside the run records.</summary>
    public async Task ReconcileAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        await app.Ledger.FlushAsync(context.RequestAborted);
        var differences = await app.LedgerWatch.ReconcileAsync(context.RequestAborted);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("agrees", differences.All(static d => !d.IsWrong) && app.LedgerWatch.Damaged.Count == 0);
            json.WriteStartArray("ledgers");
            foreach (var difference in differences)
            {
                json.WriteStartObject();
                json.WriteString("ledger", difference.Key.ToString());
                json.WriteNumber("settledUsd", difference.Settled.Amount);
                json.WriteNumber("recordedUsd", difference.Recorded.Amount);
                json.WriteNumber("differenceUsd", difference.Difference.Amount);
                json.WriteNumber("openUsd", difference.Open.Amount);
                json.WriteNumber("recentUsd", difference.Recent.Amount);
                json.WriteNumber("runs", difference.Runs);
                json.WriteBoolean("wrong", difference.IsWrong);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("damaged");
            foreach (var damage in app.LedgerWatch.Damaged) json.WriteStringValue(damage.Message);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>POST /api/budgets/selftest: proves that a budget of one cent blocks.</summary>
    public async Task SelfTestAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var result = await RunAsync(app, context.RequestAborted);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, result.Write);
    }

    private static async Task<BudgetSelfTest> RunAsync(RunningApp app, CancellationToken cancellationToken)
    {
        try
        {
            return await BudgetSelfTest.RunAsync(app, cancellationToken);
        }
        catch (InvalidOperationException e) // its model has no price, which is nothing that health would tell of
        {
            throw new ApiProblem(StatusCodes.Status409Conflict, e.Message);
        }
    }

    /// <summary>Accounts that were changed by hand, and those that the last reconciliation found to disagree with the records.</summary>
    public static async Task<IReadOnlyList<string>> ProblemsAsync(RunningApp app, CancellationToken cancellationToken) =>
    [
        .. (await app.LedgerWatch.LookAsync(cancellationToken)).Select(static d => d.Message),
        .. app.LedgerWatch.Wrong.Select(static w =>
            $"The ledger {w.Key} has {w.Settled} settled, and its run records add up to {w.Recorded}: a difference of {w.Difference}. Look at its entries (costmon budget entries {w.Key}) and reconcile again (costmon budget reconcile)."),
    ];

    private static LedgerKey KeyOf(HttpContext context, ApiQuery query) =>
        new(context.Request.RouteValues["budget"] as string ?? "", query.Text("value") ?? "", context.Request.RouteValues["period"] as string ?? "");
}
