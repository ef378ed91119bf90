using Azure.Core;
using Azure.Identity;
using CostMonitor.Core.Alerts;
using CostMonitor.Core.Alerts.Rules;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Checks;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Functions.AlertQueue;
using CostMonitor.Functions.AlertQueue.Sinks;
using CostMonitor.Functions.BatchQueue;
using CostMonitor.Functions.Budgets;
using CostMonitor.Functions.Checks;
using CostMonitor.Functions.MaintenanceTimer;
using CostMonitor.Functions.Telemetry;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Storage;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.Setup;

/// <summary>Puts the app together at its first use, so that it starts and can say what is wrong even when something is.</summary>
/// <remarks>A composition that failed is tried again at the next use: storage may be back by then.</remarks>
internal sealed partial class Composition(Func<string, string?> setting, TimeProvider time, ILoggerFactory loggers, IMonitorTelemetry? telemetry = null) : IDisposable
{
    public const string StorageSetting = "AzureWebJobsStorage";
    public const string QueueName = "prompt-batches";

    /// <summary>The secrets that the platform could not put into the settings.</summary>
    public IReadOnlyList<Problem> UnresolvedSecrets { get; init; } = [];

    /// <summary>Says what is wrong with the set-up while the app cannot be put together.</summary>
    public SetupChecks Checks => field ??= new SetupChecks(setting, UnresolvedSecrets, time);

    /// <summary>Whether the app was put together.</summary>
    public bool IsComposed => _app is not null;

    /// <summary>Where the alerts of rules go instead of the table; null for the table.</summary>
    public IAlertOutbox? Outbox { get; init; }

    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1);
    private AttemptListener? _attempts;
    private RunningApp? _app;

    /// <summary>Where the app tells of what it does; keeps it to itself unless it was given one that does not.</summary>
    public IMonitorTelemetry Telemetry { get; } = telemetry ?? new NoTelemetry();

    public async Task<RunningApp> GetAsync(CancellationToken cancellationToken)
    {
        if (_app is { } app)
        {
            await app.Prices.RefreshAsync(cancellationToken);
            await app.Budgets.RefreshAsync(cancellationToken);
            return app;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            return _app ??= await ComposeAsync(cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Waits for what the app still does in the background: the host may stop the process once an invocation is answered.</summary>
    public async Task SettleAsync()
    {
        if (_app is not { } app) return;
        await Task.WhenAll(app.Breakers.SettleAsync(), app.Models.Cache.FlushAsync(CancellationToken.None), SettleLedgerAsync(app));
        app.States.Storage(app.Account.RequestsSent);
    }

    public void Dispose()
    {
        _attempts?.Dispose();
        _one.Dispose();
    }

    /// <summary>Writes what calls have cost and what thresholds that reached. Storage that fails leaves it to maintenance: the hold covers it, and the records say it.</summary>
    private static async Task SettleLedgerAsync(RunningApp app)
    {
        using var patience = new CancellationTokenSource(SettlePatience);
        try
        {
            await app.Ledger.FlushAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The store has been told of; see LedgerFailed.
        }

        await app.LedgerWatch.SettleAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(501, LogLevel.Warning, "The usage that {Model} reported for {RunId} is not believed, and estimated: {Reason}")]
        public static partial void UsageDoubted(ILogger logger, string model, string runId, string reason);

        [LoggerMessage(502, LogLevel.Warning, "The shared cache failed, and calls go on without it: {ErrorType}: {Reason}")]
        public static partial void SharedAnswersFailed(ILogger logger, string errorType, string reason);

        [LoggerMessage(503, LogLevel.Error, "The ledger of the budgets could not be read or written: {ErrorType}: {Reason}")]
        public static partial void LedgerFailed(ILogger logger, string errorType, string reason);
    }

    private async Task<RunningApp> ComposeAsync(CancellationToken cancellationToken)
    {
        var settings = AppSettings.Read(setting);
        var account = StorageAccount.FromSettings(StorageSetting, setting);
        var runs = new RunTable(account, time);
        var batches = new BatchTable(account, runs, time);
        var answers = new AnswerTable(account, time);
        var (rules, ruleStates) = (RulesFile.Read(settings.AlertRulesFile), new RuleStateTable(account));
        var queue = account.Queue(QueueName);
        var notices = account.Queue(AppAlerts.QueueName);
        var alerts = new AlertTable(account, notices.SendMessageAsync, time);
        await Task.WhenAll(
            runs.CreateIfNotExistsAsync(cancellationToken), batches.CreateIfNotExistsAsync(cancellationToken), queue.CreateIfNotExistsAsync(cancellationToken),
            answers.CreateIfNotExistsAsync(cancellationToken), alerts.CreateIfNotExistsAsync(cancellationToken), notices.CreateIfNotExistsAsync(cancellationToken),
            ruleStates.CreateIfNotExistsAsync(cancellationToken));
        var (reports, states) = (new MonitorReports(Telemetry), new StateReports(Telemetry, time));
        var breakerTable = new BreakerTable(account);
        var breakerAlerts = new BreakerAlerts(alerts, breakerTable);
        var breakers = new BreakerWatch(breakerTable, breakerAlerts, time, loggers.CreateLogger<BreakerWatch>());
        var sinks = SinksFile.Read(settings.AlertSinksFile, setting, Credential, time, new MonitorSink(reports, loggers.CreateLogger<MonitorSink>()));
        var prices = await PriceSource.OpenAsync(settings, account, time, loggers.CreateLogger<PriceSource>(), cancellationToken);
        var budgets = await BudgetBook.OpenAsync(settings, account, time, loggers.CreateLogger<BudgetBook>(), cancellationToken);
        var ledgerTable = new LedgerTable(account);
        var ledgerWatch = new LedgerWatch(ledgerTable, budgets, alerts, runs, batches, time, loggers.CreateLogger<LedgerWatch>()) { Told = reports.Reached, Seen = states.Budgets };
        var ledger = new BudgetLedger(
            ledgerTable, () => budgets.InForce, new LedgerOptions { Worker = Guid.NewGuid().ToString("N") }, time, ledgerWatch.Crossed,
            e => Log.LedgerFailed(loggers.CreateLogger<BudgetLedger>(), e.GetType().Name, e.Message.ReplaceLineEndings(" ")));
        var parts = new ChainParts
        {
            Ledger = ledger,
            Prices = () => prices.InForce.Catalog,
            Levers = () => settings.Levers,
            Logger = loggers.CreateLogger(CallTelemetry.Name + ".Calls"),
            OnBreaker = Changed,
            KnownBreakers = await breakers.KnownAsync(cancellationToken),
            SharedAnswers = answers,
            OnSharedAnswersFailed = e => Log.SharedAnswersFailed(loggers.CreateLogger<Composition>(), e.GetType().Name, e.Message.ReplaceLineEndings(" ")),
        };
        var models = ModelsFile.Read(Path.Combine(settings.AppFolder, settings.ModelsFile), setting, time, doubt => Log.UsageDoubted(loggers.CreateLogger<Composition>(), doubt.Model.ToString(), doubt.RequestId, doubt.Reason), parts);
        var engine = new RunEngine(models, () => prices.InForce.Catalog, time);
        var unpriced = new LastUnpriced();
        if (Telemetry.IsOn) _attempts ??= new AttemptListener(Telemetry, deployment => ModelKey.TryParse(deployment, out var model) ? RegionOf(model) : null);
        return new RunningApp
        {
            Settings = settings,
            Time = time,
            Account = account,
            Runs = runs,
            Batches = batches,
            Queue = queue,
            Answers = answers,
            Models = models,
            Prices = prices,
            Budgets = budgets,
            Breakers = breakers,
            Alerts = new AppAlerts(alerts, sinks, breakerAlerts, settings.AlertProof, settings.DashboardUrl, time, loggers),
            Unpriced = unpriced,
            Reports = reports,
            States = states,
            AlertRules = rules,
            RuleStates = ruleStates,
            Rules = new RuleWatch(rules, ruleStates, Outbox ?? alerts, runs, batches, Look(), time, loggers.CreateLogger<RuleWatch>()),
            Ledger = ledger,
            LedgerTable = ledgerTable,
            LedgerWatch = ledgerWatch,
            BatchChunks = Runner(settings.CallsInFlight),
            CanaryChunks = Runner(1),
        };

        TokenCredential Credential() => setting("AzureWebJobsStorage__clientId") is { Length: > 0 } client
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(client))
            : new DefaultAzureCredential();

        // What other parts count for the alert rules.
        OperationsLook Look() => new(batches, breakerTable, settings.CanarySchedule, () => PlanFolder.ReadCanary(settings, models), model => models.IsConfigured(model, out _), time)
        {
            Unpriced = () => unpriced.Found,
            UndeliveredAlerts = alerts.UndeliveredAsync,
            BudgetsForecastToExceed = ledgerWatch.ForecastToExceedAsync,
            Seen = Seen,
        };

        void Seen(OperationalFacts facts)
        {
            states.Facts(facts);
            if (facts.MissedCanarySlots is { } missed) reports.Missed(missed);
        }

        void Changed(BreakerChange change)
        {
            breakers.Changed(change);
            reports.Changed(change);
        }

        string? RegionOf(ModelKey deployment) => models.Configuration.Find(deployment)?.Facts.Region;

        void Recorded(RunRecord run, CallLane lane) => reports.Recorded(run, lane, RegionOf(run.Route?.Target ?? run.Model));

        ChunkRunner Runner(int callsInFlight) => new(
            batches, runs, new RunLoop(engine, time, new SemaphoreSlim(callsInFlight)), settings.ClaimLease, Recorded, time, loggers.CreateLogger<ChunkRunner>());
    }
}
