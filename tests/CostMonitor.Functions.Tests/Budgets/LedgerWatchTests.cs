using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;
using CostMonitor.Functions.Budgets;
using CostMonitor.Functions.Setup;
using CostMonitor.Storage;
using CostMonitor.Storage.Records;
using CostMonitor.Testing;
using CostMonitor.Testing.Azurite;
using Microsoft.Extensions.Logging.Abstractions;

namespace CostMonitor.Functions.Tests.Budgets;

/// <summary>What maintenance says of budgets' alerts over weeks, by a clock that is stepped. Each test has an emulator of its own.</summary>
public sealed class LedgerWatchTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly string _folder = Directory.CreateTempSubdirectory("costmon-ledger-").FullName; // without a file of budgets
    private readonly SteppedTime _time = new();
    private AzuriteServer? _azurite;

    private StorageAccount Account => StorageAccount.FromConnectionString(_azurite?.ConnectionString ?? throw new InvalidOperationException("Not started."));

    public async Task InitializeAsync() => _azurite = await AzuriteServer.StartAsync(None);

    public async Task DisposeAsync()
    {
        if (_azurite is not null) await _azurite.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task MaintainAsync_GivenABudgetThatWasRemoved_EndsItsAlerts()
    {
        var (book, watch, alerts) = await StartAsync();
        await book.PutAsync(Budget("search", "team:search"), None);
        await SpendAsync(book, new CallTags { Team = "search" });
        await watch.MaintainAsync(None);
        var raised = await StatesAsync(alerts);

        await book.RemoveAsync("search", None);
        await watch.MaintainAsync(None);
        var atOnce = await StatesAsync(alerts);
        _time.Advance(TimeSpan.FromMinutes(15));
        await watch.MaintainAsync(None);

        Assert.Equal(["budget:search|2026-11|threshold-80 Firing"], raised);
        Assert.Equal(raised, atOnce); // another version of the app may be the one that knows it
        Assert.Equal(["budget:search|2026-11|threshold-80 Recovered: Budget search: no longer in force"], await StatesAsync(alerts));
    }

    [Fact]
    public async Task MaintainAsync_GivenABudgetThatAnotherProcessHasJustPut_LeavesItsAlerts()
    {
        var (_, watch, alerts) = await StartAsync();
        var (other, _, _) = await StartAsync();
        await other.PutAsync(Budget("search", "team:search"), None);
        await SpendAsync(other, new CallTags { Team = "search" });
        var state = new LedgerState { Key = new LedgerKey("search", "search", "2026-11"), Settled = new Usd(0.85m) };
        var budget = Budget("search", "team:search").Budget;
        foreach (var alert in BudgetAlerts.Of(budget, state, BudgetCalendar.SpanAt(budget, _time.GetUtcNow()), _time.GetUtcNow().AddHours(-1))) await alerts.RaiseAsync(alert, None);

        await watch.MaintainAsync(None); // which looked for budgets before that one was there

        Assert.Equal(["budget:search|2026-11|threshold-80 Firing"], await StatesAsync(alerts));
    }

    [Fact]
    public async Task MaintainAsync_GivenAValueThatSpendsNothingInTheNextPeriod_EndsItsAlerts()
    {
        var (book, watch, alerts) = await StartAsync();
        await book.PutAsync(Budget("users", "user:each"), None);
        await SpendAsync(book, new CallTags { User = "u42" });
        await watch.MaintainAsync(None);
        var raised = await StatesAsync(alerts);

        _time.Advance(TimeSpan.FromDays(30));
        await watch.MaintainAsync(None);

        Assert.Equal(["budget:users:u42|2026-11|threshold-80 Firing"], raised);
        Assert.Equal(["budget:users:u42|2026-11|threshold-80 Recovered: Budget users:u42: 2026-11 is over"], await StatesAsync(alerts));
    }

    [Fact]
    public async Task LookAsync_GivenAnotherProcessThatReconciled_KnowsWhatItFound()
    {
        var (book, watch, _) = await StartAsync();
        var (_, other, _) = await StartAsync();
        await book.PutAsync(Budget("search", "team:search"), None);
        await SpendAsync(book, new CallTags { Team = "search" }, isDirect: false); // settled, and no run says it
        await other.LookAsync(None);
        var before = other.Wrong;

        await watch.ReconcileAsync(None);
        await other.LookAsync(None);
        var early = other.Wrong;
        _time.Advance(TimeSpan.FromMinutes(5));
        await other.LookAsync(None);
        var late = other.Wrong;
        await new LedgerTable(Account).SaveAsync(new LedgerReconciliation(_time.GetUtcNow(), []), None); // put right
        _time.Advance(TimeSpan.FromMinutes(5));
        await watch.LookAsync(None);

        Assert.Empty(before);
        Assert.Empty(early);
        var wrong = Assert.Single(late);
        Assert.Equal(("search|2026-11|search", 0.85m, 0m, -0.85m, 0), (wrong.Key.ToString(), wrong.Settled.Amount, wrong.Recorded.Amount, wrong.Difference.Amount, wrong.Runs));
        Assert.Empty(watch.Wrong);
    }

    private static BudgetDefinition Budget(string id, string scope) => new()
    {
        Budget = new Budget { Id = id, Scope = BudgetScope.TryParse(scope, out var parsed) ? parsed : throw new ArgumentException(scope), Period = BudgetPeriod.Month, Limit = new Usd(1) },
    };

    private static async Task<string[]> StatesAsync(AlertTable alerts)
    {
        var (page, _) = await alerts.PageAsync(null, isUndelivered: false, 1000, null, None);
        return [.. page.Select(static a => $"{a.Key} {a.State}{(a.Recovery is { } recovery ? $": {recovery.Title}" : "")}").Order(StringComparer.Ordinal)];
    }

    private async Task<(BudgetBook Book, LedgerWatch Watch, AlertTable Alerts)> StartAsync()
    {
        var settings = AppSettings.Read(name => name switch { "CanarySchedule" => "0 0 * * * *", "FUNCTIONS_APP_ROOT_PATH" => _folder, _ => null });
        var book = await BudgetBook.OpenAsync(settings, Account, _time, NullLogger<BudgetBook>.Instance, None);
        var alerts = new AlertTable(Account, static (_, _, _) => Task.CompletedTask, _time);
        var (runs, ledger) = (new RunTable(Account, _time), new LedgerTable(Account));
        var batches = new BatchTable(Account, runs, _time);
        await Task.WhenAll(alerts.CreateIfNotExistsAsync(None), runs.CreateIfNotExistsAsync(None), batches.CreateIfNotExistsAsync(None));
        return (book, new LedgerWatch(ledger, book, alerts, runs, batches, _time, NullLogger<LedgerWatch>.Instance), alerts);
    }

    /// <summary>Settles $0.85.</summary>
    private async Task SpendAsync(BudgetBook book, CallTags tags, bool isDirect = true)
    {
        var ledger = new BudgetLedger(new LedgerTable(Account), () => book.InForce, new LedgerOptions { Worker = Guid.NewGuid().ToString("N") }, _time);
        var call = new ChargeRequest { Model = ModelKey.Parse("sim:small-latest"), Worst = new Usd(0.85m), Tags = tags, Priority = CallPriority.Normal, IsDirect = isDirect };
        var granted = Assert.IsType<ChargeAnswer.Granted>(await ledger.AdmitAsync(call, None));
        granted.Charge!.Settle(new Usd(0.85m));
        await ledger.DisposeAsync();
    }
}
