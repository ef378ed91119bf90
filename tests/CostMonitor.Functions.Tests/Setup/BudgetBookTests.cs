using System.Collections.Concurrent;
using CostMonitor.Core.Budgets;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Functions.Setup;
using CostMonitor.Storage;
using CostMonitor.Storage.Tables;
using CostMonitor.Testing;
using CostMonitor.Testing.Azurite;
using Microsoft.Extensions.Logging;

namespace CostMonitor.Functions.Tests.Setup;

/// <summary>Each test has an emulator of its own, which it may stop: the budgets of an account are one set.</summary>
public sealed class BudgetBookTests : IAsyncLifetime
{
    private const string File = """{"budgets":[{"id":"all","scope":"all","period":"month","limitUsd":500,"dailyCapUsd":50},{"id":"b","scope":"team:b","period":"day","limitUsd":5}]}""";

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly string _folder = Directory.CreateTempSubdirectory("costmon-budgets-").FullName;
    private readonly SteppedTime _time = new();
    private readonly Lines _log = new();
    private AzuriteServer? _azurite;

    private StorageAccount Account => StorageAccount.FromConnectionString(_azurite?.ConnectionString ?? throw new InvalidOperationException("Not started."));

    public async Task InitializeAsync() => _azurite = await AzuriteServer.StartAsync(None);

    public async Task DisposeAsync()
    {
        if (_azurite is not null) await _azurite.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task OpenAsync_GivenNoFileAndNoneStored_HasNoBudgets() => Assert.Empty((await OpenAsync(null)).InForce);

    [Fact]
    public async Task OpenAsync_GivenNoSuchFileAsIsNamed_SaysSo()
    {
        var failure = await Assert.ThrowsAsync<InputException>(() => OpenAsync("no-such.json"));

        Assert.StartsWith("no-such.json: The budgets cannot be read:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_GivenAFaultyFile_NamesItsFaults()
    {
        var failure = await Assert.ThrowsAsync<InputException>(() => OpenAsync(Write("""{"budgets":[{"id":"a","scope":"all","period":"day"}]}""")));

        Assert.EndsWith("budgets.json $.budgets[0]: 'limitUsd' is missing; expected US dollars, as in 500.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InForce_GivenStoredBudgets_HasThemInThePlaceOfTheFiles()
    {
        var book = await OpenAsync(Write(File));

        await book.PutAsync(Budget("c", "team:c", 7), None);
        await book.PutAsync(Budget("b", "team:b", 6), None);
        var again = await OpenAsync(Write(File));

        Assert.Equal([("all", 500m), ("all.day", 50m), ("b", 6m), ("c", 7m)], book.InForce.Select(b => (b.Id, b.Limit.Amount)));
        Assert.Equal([("all", 500m), ("all.day", 50m), ("b", 6m), ("c", 7m)], again.InForce.Select(b => (b.Id, b.Limit.Amount)));
        Assert.Equal([BudgetSource.File, BudgetSource.Api, BudgetSource.Api], again.Known.Entries.Select(e => e.Source));
    }

    [Fact]
    public async Task RefreshAsync_GivenAnotherProcessWrote_SeesItAfterTenSeconds()
    {
        var (mine, other) = (await OpenAsync(null), await OpenAsync(null));
        await other.PutAsync(Budget("c", "team:c", 7), None);

        _time.Advance(TimeSpan.FromSeconds(9.9));
        await mine.RefreshAsync(None);
        var early = mine.InForce.Count;
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await mine.RefreshAsync(None);

        Assert.Equal((0, 1), (early, mine.InForce.Count));
    }

    [Fact]
    public async Task InForce_GivenALongTimeSinceTheLastLook_LooksAgainBesides()
    {
        var (mine, other) = (await OpenAsync(null), await OpenAsync(null));
        await other.PutAsync(Budget("c", "team:c", 7), None);
        _time.Advance(TimeSpan.FromSeconds(10));

        _ = mine.InForce; // begins the look
        await mine.RefreshAsync(None); // waits for it: at this moment it would begin none itself

        Assert.Single(mine.Known.Budgets);
    }

    [Fact]
    public async Task RefreshAsync_GivenStorageThatDoesNotGiveThem_KeepsTheLastKnownAndSaysSoOnce()
    {
        var book = await OpenAsync(Write(File));
        await book.PutAsync(Budget("c", "team:c", 7), None);

        await Account.Table("Budgets").DeleteTableAsync(None);
        await PassAsync(book);
        await PassAsync(book);
        var cutOff = book.InForce.Select(b => b.Id).ToArray();
        await Account.Table("Budgets").CreateIfNotExistsAsync(None);
        await PassAsync(book);

        Assert.Equal(["all", "all.day", "b", "c"], cutOff);
        Assert.Equal(["all", "all.day", "b"], book.InForce.Select(b => b.Id));
        Assert.Equal(2, _log.Written.Count);
        Assert.StartsWith("Warning: The stored budgets could not be read; the last known ones stay in force:", _log.Written[0], StringComparison.Ordinal);
        Assert.Equal("Information: The stored budgets can be read again.", _log.Written[1]);
    }

    [Fact]
    public async Task PutAsync_GivenAContradictionToAnother_RefusesIt()
    {
        var book = await OpenAsync(Write(File));

        var failure = await Assert.ThrowsAsync<InputException>(() => book.PutAsync(Budget("d", "all", 60), None));

        Assert.Equal("body $: 'd' and 'all.day' overlap: both are hard limits of all for a day; expected one.", failure.Message.Split(Environment.NewLine)[0]);
        Assert.Equal(3, book.InForce.Count);
    }

    [Fact]
    public async Task PutAsync_GivenTwoProcessesThatContradictEachOther_TakesOne()
    {
        var books = new[] { await OpenAsync(null), await OpenAsync(null), await OpenAsync(null), await OpenAsync(null) };

        var outcomes = await Task.WhenAll(books.Select(async (book, i) =>
        {
            try
            {
                return await book.PutAsync(Budget($"d{i}", "team:x", 60), None);
            }
            catch (InputException)
            {
                return false;
            }
        }));

        Assert.Single(outcomes, true);
        Assert.Single((await OpenAsync(null)).InForce);
    }

    [Fact]
    public async Task RemoveAsync_GivenBudgetsOfEachKind_SaysWhatHoldsNow()
    {
        var book = await OpenAsync(Write(File));
        await book.PutAsync(Budget("b", "team:b", 6), None);
        await book.PutAsync(Budget("c", "team:c", 7), None);

        var removals = new[] { await book.RemoveAsync("b", None), await book.RemoveAsync("c", None), await book.RemoveAsync("b", None), await book.RemoveAsync("none", None) };

        Assert.Equal([BudgetRemoval.BackToFile, BudgetRemoval.Removed, BudgetRemoval.OnlyInFile, BudgetRemoval.NotThere], removals);
        Assert.Equal([("all", 500m), ("all.day", 50m), ("b", 5m)], book.InForce.Select(b => (b.Id, b.Limit.Amount)));
    }

    [Fact]
    public async Task RemoveAsync_GivenAFilesBudgetThatWouldContradictOthers_Refuses()
    {
        var book = await OpenAsync(Write(File));
        await book.PutAsync(Budget("b", "team:elsewhere", 6), None);
        await book.PutAsync(Budget("c", "team:b", 7), None);

        var failure = await Assert.ThrowsAsync<InputException>(() => book.RemoveAsync("b", None));

        Assert.Contains("'b' and 'c' overlap", failure.Message, StringComparison.Ordinal);
        Assert.Equal("team:elsewhere", book.InForce.Single(b => b.Id == "b").Scope.ToString());
    }

    [Fact]
    public async Task Known_GivenAStoredBudgetThatCannotBeRead_KeepsTheOneOfBeforeAndSaysSoOnce()
    {
        var book = await OpenAsync(null);
        await book.PutAsync(Budget("c", "team:c", 7), None);
        await Account.Table("Budgets").InsertOrReplaceAsync(new TableEntity("!definitions", "c") { ["Definition"] = "{" }, None);

        await PassAsync(book);
        await PassAsync(book);
        var fresh = await OpenAsync(null);

        Assert.Equal(7m, Assert.Single(book.InForce).Limit.Amount);
        Assert.StartsWith("stored budget c line 1", Assert.Single(book.Known.Faults).ToString(), StringComparison.Ordinal);
        Assert.Empty(fresh.InForce);
        Assert.Equal(2, _log.Written.Count(l => l.StartsWith("Error: The budgets have a fault: stored budget c", StringComparison.Ordinal))); // once each process
    }

    [Fact]
    public async Task Known_GivenANewFileThatContradictsStoredBudgets_HasThemAllInForceAndSaysSo()
    {
        var book = await OpenAsync(null);
        await book.PutAsync(Budget("c", "team:b", 7), None);

        var deployed = await OpenAsync(Write(File));

        Assert.Equal(["all", "all.day", "b", "c"], deployed.InForce.Select(b => b.Id));
        Assert.Equal("stored budget c $: 'c' and 'b' overlap: both are hard limits of team:b for a day; expected one.", Assert.Single(deployed.Known.Faults).ToString());
    }

    private static BudgetDefinition Budget(string id, string scope, decimal limit) => new()
    {
        Budget = new Budget { Id = id, Scope = BudgetScope.TryParse(scope, out var parsed) ? parsed : throw new ArgumentException(scope), Period = BudgetPeriod.Day, Limit = new Usd(limit) },
    };

    private string Write(string json)
    {
        System.IO.File.WriteAllText(Path.Combine(_folder, "budgets.json"), json);
        return "budgets.json";
    }

    private Task<BudgetBook> OpenAsync(string? file)
    {
        var settings = AppSettings.Read(name => name switch { "CanarySchedule" => "0 0 * * * *", "FUNCTIONS_APP_ROOT_PATH" => _folder, "BudgetsFile" => file, _ => null });
        return BudgetBook.OpenAsync(settings, Account, _time, _log, None);
    }

    private async Task PassAsync(BudgetBook book)
    {
        _time.Advance(TimeSpan.FromSeconds(10));
        await book.RefreshAsync(None);
    }

    private sealed class Lines : ILogger<BudgetBook>
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyList<string> Written => [.. _lines];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
    }
}
