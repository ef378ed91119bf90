using CostMonitor.Core.Alerts;
using CostMonitor.Core.Runs;
using CostMonitor.Functions.BatchQueue;
using CostMonitor.Functions.MaintenanceTimer;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Storage;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.Setup;

/// <summary>Puts the app together at its first use, so that it starts and can say what is wrong even when something is.</summary>
/// <remarks>A composition that failed is tried again at the next use: storage may be back by then.</remarks>
internal sealed partial class Composition(Func<string, string?> setting, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    public const string StorageSetting = "AzureWebJobsStorage";
    public const string QueueName = "prompt-batches";

    /// <summary>Where alerts go; with null no alert rule is evaluated, since nobody would hear of it.</summary>
    public IAlertOutbox? Outbox { get; init; }

    private readonly SemaphoreSlim _one = new(1);
    private RunningApp? _app;

    public async Task<RunningApp> GetAsync(CancellationToken cancellationToken)
    {
        if (_app is { } app)
        {
            await app.Prices.RefreshAsync(cancellationToken);
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
    public Task SettleAsync() => _app is { } app ? Task.WhenAll(app.Breakers.SettleAsync(), app.Models.Cache.FlushAsync(CancellationToken.None)) : Task.CompletedTask;

    public void Dispose() => _one.Dispose();

    private static partial class Log
    {
        [LoggerMessage(501, LogLevel.Warning, "The usage that {Model} reported for {RunId} is not believed, and estimated: {Reason}")]
        public static partial void UsageDoubted(ILogger logger, string model, string runId, string reason);

        [LoggerMessage(502, LogLevel.Warning, "The shared cache failed, and calls go on without it: {ErrorType}: {Reason}")]
        public static partial void SharedAnswersFailed(ILogger logger, string errorType, string reason);
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
        await Task.WhenAll(
            runs.CreateIfNotExistsAsync(cancellationToken), batches.CreateIfNotExistsAsync(cancellationToken), queue.CreateIfNotExistsAsync(cancellationToken),
            answers.CreateIfNotExistsAsync(cancellationToken), ruleStates.CreateIfNotExistsAsync(cancellationToken));
        var knownBreakers = new BreakerTable(account);
        var breakers = new BreakerWatch(knownBreakers, time, loggers.CreateLogger<BreakerWatch>());
        var prices = await PriceSource.OpenAsync(settings, account, time, loggers.CreateLogger<PriceSource>(), cancellationToken);
        var parts = new ChainParts
        {
            Prices = () => prices.InForce.Catalog,
            Levers = () => settings.Levers,
            Logger = loggers.CreateLogger(CallTelemetry.Name + ".Calls"),
            OnBreaker = breakers.Changed,
            KnownBreakers = await breakers.KnownAsync(cancellationToken),
            SharedAnswers = answers,
            OnSharedAnswersFailed = e => Log.SharedAnswersFailed(loggers.CreateLogger<Composition>(), e.GetType().Name, e.Message.ReplaceLineEndings(" ")),
        };
        var models = ModelsFile.Read(Path.Combine(settings.AppFolder, settings.ModelsFile), setting, time, doubt => Log.UsageDoubted(loggers.CreateLogger<Composition>(), doubt.Model.ToString(), doubt.RequestId, doubt.Reason), parts);
        var engine = new RunEngine(models, () => prices.InForce.Catalog, time);
        var unpriced = new LastUnpriced();
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
            Breakers = breakers,
            Unpriced = unpriced,
            AlertRules = rules,
            RuleStates = ruleStates,
            Rules = ConnectRules(),
            BatchChunks = Runner(settings.CallsInFlight),
            CanaryChunks = Runner(1),
        };

        // Here alert rules meet their outbox, and what other parts count for them.
        RuleWatch? ConnectRules()
        {
            if (Outbox is not { } outbox) return null;
            var look = new OperationsLook(batches, knownBreakers, settings.CanarySchedule, () => PlanFolder.ReadCanary(settings, models), model => models.IsConfigured(model, out _), time)
            {
                Unpriced = () => unpriced.Found,
                UndeliveredAlerts = null,
                BudgetsForecastToExceed = null,
            };
            return new RuleWatch(rules, ruleStates, outbox, runs, batches, look, time, loggers.CreateLogger<RuleWatch>());
        }

        ChunkRunner Runner(int callsInFlight) => new(
            batches, runs, new RunLoop(engine, time, new SemaphoreSlim(callsInFlight)), settings.ClaimLease, time, loggers.CreateLogger<ChunkRunner>());
    }
}
