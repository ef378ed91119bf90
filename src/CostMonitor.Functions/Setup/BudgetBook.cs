using CostMonitor.Core.Budgets;
using CostMonitor.Core.Input;
using CostMonitor.Storage;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.Setup;

/// <summary>The budgets in force: those of <c>BudgetsFile</c>, overridden by id by those that came through the API. Thread-safe.</summary>
/// <remarks>Each process looks for stored ones again after <see cref="LookAgain"/>, in one request. While storage does not answer, the last known ones stay in force.</remarks>
internal sealed partial class BudgetBook
{
    private const int LongestDefinition = 30_000;
    private const int Attempts = 10;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<PlacedBudget> _file;
    private readonly BudgetTable _table;
    private readonly TimeProvider _time;
    private readonly ILogger<BudgetBook> _logger;
    private readonly Lock _gate = new();
    private BudgetsInForce _known;
    private Task _looking = Task.CompletedTask;
    private long _looked, _reads, _published;
    private bool _isCutOff;

    private BudgetBook(IReadOnlyList<PlacedBudget> file, BudgetTable table, TimeProvider time, ILogger<BudgetBook> logger)
    {
        (_file, _table, _time, _logger, _looked) = (file, table, time, logger, time.GetTimestamp());
        _known = BudgetsInForce.Of(file, [], null);
    }

    /// <summary>What holds now. A use that is long after the last look begins another one, without waiting for it.</summary>
    public IReadOnlyList<Budget> InForce
    {
        get
        {
            _ = LookIfOldAsync();
            return Known.Budgets;
        }
    }

    /// <summary>The definitions in force as they were known last, and what is wrong with stored ones.</summary>
    public BudgetsInForce Known => Volatile.Read(ref _known);

    /// <exception cref="InputException">The file is faulty, or one that <c>BudgetsFile</c> names is missing.</exception>
    public static async Task<BudgetBook> OpenAsync(
        AppSettings settings, StorageAccount account, TimeProvider time, ILogger<BudgetBook> logger, CancellationToken cancellationToken)
    {
        var table = new BudgetTable(account, time);
        await table.CreateIfNotExistsAsync(cancellationToken);
        var book = new BudgetBook(BudgetsFile.Read(settings), table, time, logger);
        await book.ReadStoredAsync(cancellationToken);
        return book;
    }

    /// <summary>Looks for stored budgets if the last look was long ago, and waits for it.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) => LookIfOldAsync().WaitAsync(cancellationToken);

    /// <summary>The budgets in force as storage has them now.</summary>
    public async Task<IReadOnlyList<Budget>> ReadAsync(CancellationToken cancellationToken) => (await ReadStoredAsync(cancellationToken)).InForce.Budgets;

    /// <summary>Puts a budget in force: here at once, in other processes when they look again.</summary>
    /// <returns>True when the table had none of its id.</returns>
    /// <exception cref="InputException">It contradicts budgets in force, or is too long to be stored.</exception>
    public async Task<bool> PutAsync(BudgetDefinition definition, CancellationToken cancellationToken)
    {
        var json = BudgetFile.TextOf(definition);
        if (json.Length > LongestDefinition) throw new InputException("body", "$", $"The budget has {json.Length} characters with all its defaults; one that is stored may have {LongestDefinition}.");
        for (var attempt = 1; ; attempt++)
        {
            var (seen, inForce) = await ReadStoredAsync(cancellationToken);
            inForce.Expect(new PlacedBudget(definition, "body", "$"));
            if (!await _table.TryPutAsync(seen, definition.Id, json, cancellationToken))
            {
                ThrowAfterTooMany(attempt);
                continue;
            }

            await ReadStoredAsync(cancellationToken);
            return seen.Budgets.All(b => b.Id != definition.Id);
        }
    }

    /// <summary>Removes a budget that came through the API.</summary>
    /// <exception cref="InputException">The file's of the same id, which would be in force again, contradicts others.</exception>
    public async Task<BudgetRemoval> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        var ofFile = _file.Where(f => f.Definition.Id == id).Select(static f => (PlacedBudget?)f).FirstOrDefault();
        for (var attempt = 1; ; attempt++)
        {
            var (seen, inForce) = await ReadStoredAsync(cancellationToken);
            // Gone at a second look, it was removed: by another process, or by an attempt of ours whose answer was lost.
            if (seen.Budgets.All(b => b.Id != id) && attempt == 1) return ofFile is null ? BudgetRemoval.NotThere : BudgetRemoval.OnlyInFile;
            if (ofFile is { } back) inForce.Expect(back);
            if (seen.Budgets.Any(b => b.Id == id) && !await _table.TryRemoveAsync(seen, id, cancellationToken))
            {
                ThrowAfterTooMany(attempt);
                continue;
            }

            await ReadStoredAsync(cancellationToken);
            return ofFile is null ? BudgetRemoval.Removed : BudgetRemoval.BackToFile;
        }
    }

    private static void ThrowAfterTooMany(int attempt)
    {
        if (attempt == Attempts) throw new InvalidOperationException($"The stored budgets were changed by others {Attempts} times while this change was made.");
    }

    private Task LookIfOldAsync()
    {
        lock (_gate)
        {
            if (!_looking.IsCompleted) return _looking;
            if (_time.GetElapsedTime(_looked) < LookAgain) return Task.CompletedTask;
            _looked = _time.GetTimestamp();
            return _looking = LookAsync();
        }
    }

    private async Task LookAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // the caller is a call that only wants to know its budgets
        try
        {
            await ReadStoredAsync(CancellationToken.None);
            if (_isCutOff) Log.ReadAgain(_logger);
            _isCutOff = false;
        }
        catch (StorageException e)
        {
            if (!_isCutOff) Log.NotRead(_logger, e.Message);
            _isCutOff = true;
        }
    }

    private async Task<(StoredBudgets Stored, BudgetsInForce InForce)> ReadStoredAsync(CancellationToken cancellationToken)
    {
        var read = Interlocked.Increment(ref _reads);
        var stored = await _table.ReadAsync(cancellationToken);
        var inForce = BudgetsInForce.Of(_file, stored.Budgets, Known);
        lock (_gate)
        {
            if (read > _published) Publish(inForce, read);
        }

        return (stored, inForce);
    }

    /// <summary>A read that began before one that is published knows nothing newer.</summary>
    private void Publish(BudgetsInForce budgets, long read)
    {
        foreach (var fault in budgets.Faults.Except(_known.Faults)) Log.Faulty(_logger, fault.ToString());
        Volatile.Write(ref _known, budgets);
        _published = read;
    }

    private static partial class Log
    {
        [LoggerMessage(901, LogLevel.Warning, "The stored budgets could not be read; the last known ones stay in force: {Reason}")]
        public static partial void NotRead(ILogger logger, string reason);

        [LoggerMessage(902, LogLevel.Information, "The stored budgets can be read again.")]
        public static partial void ReadAgain(ILogger logger);

        [LoggerMessage(903, LogLevel.Error, "The budgets have a fault: {Fault}")]
        public static partial void Faulty(ILogger logger, string fault);
    }
}
