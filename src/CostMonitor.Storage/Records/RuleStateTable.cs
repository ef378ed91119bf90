using System.Globalization;
using System.Text;
using System.Text.Json;
using Azure;
using CostMonitor.Core.Alerts.Rules;
using CostMonitor.Core.Input;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>The table Rules: one row for each scope that a rule was evaluated for, and one that says when each rule was evaluated last.</summary>
/// <remarks>
/// Everything lies in one partition, so that one query reads it. A state is written over the version that it follows from alone: of two
/// who evaluate a rule at once, one begins the episode. What a state owes to be told stays in its row until it is known to be told.
/// </remarks>
public sealed class RuleStateTable(StorageAccount account)
{
    private const string Partition = "state";
    private const string ScheduleKey = "!schedule"; // no rule begins like this
    private const int LongestDetail = 2000;

    private readonly TableClient _table = account.Table("Rules");

    public Task CreateIfNotExistsAsync(CancellationToken cancellationToken) => _table.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>Every state, and when each rule was evaluated last. A row that cannot be understood is left out: a later version may have written it.</summary>
    public async Task<KeptRules> ReadAsync(CancellationToken cancellationToken)
    {
        var (states, evaluated) = (new List<KeptRuleState>(), new Dictionary<string, DateTimeOffset>());
        await foreach (var row in _table.QueryAsync(TableFilter.Create($"PartitionKey eq {Partition}"), null, cancellationToken))
        {
            if (row.RowKey == ScheduleKey) evaluated = ReadSchedule(row.GetString("Evaluated"));
            else if (FromEntity(row) is { } state) states.Add(new KeptRuleState(state, row.ETag));
        }

        return new KeptRules(states, evaluated);
    }

    /// <summary>Keeps a state.</summary>
    /// <param name="state">The new state.</param>
    /// <param name="version">Of the state that it follows from; null when there was none.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>Its version; null when another one was kept meanwhile, which then stays.</returns>
    public async Task<ETag?> TryWriteAsync(RuleState state, ETag? version, CancellationToken cancellationToken)
    {
        try
        {
            return version is { } seen
                ? await _table.ReplaceAsync(ToEntity(state), seen, cancellationToken)
                : await _table.InsertAsync(ToEntity(state), cancellationToken);
        }
        catch (StorageException e) when (e.ErrorCode == StorageErrorCodes.EntityAlreadyExists || e.Status is 404 or 412)
        {
            return null;
        }
    }

    /// <summary>Keeps when each rule was evaluated last. Of two who do so at once the later one stands: at worst a rule is evaluated once more.</summary>
    public Task WriteScheduleAsync(IReadOnlyDictionary<string, DateTimeOffset> evaluated, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var (rule, at) in evaluated.OrderBy(e => e.Key, StringComparer.Ordinal)) json.WriteString(rule, at.UtcDateTime);
            json.WriteEndObject();
        }

        return _table.InsertOrReplaceAsync(new TableEntity(Partition, ScheduleKey) { ["Evaluated"] = Encoding.UTF8.GetString(bytes.ToArray()) }, cancellationToken);
    }

    private static Dictionary<string, DateTimeOffset> ReadSchedule(string? json)
    {
        var evaluated = new Dictionary<string, DateTimeOffset>();
        if (json is null) return evaluated;
        foreach (var rule in JsonElement.Parse(json).EnumerateObject())
        {
            if (rule.Value.TryGetDateTimeOffset(out var at)) evaluated[rule.Name] = at;
        }

        return evaluated;
    }

    private static TableEntity ToEntity(RuleState state) => new(Partition, $"{state.Rule}|{RuleScope.Escape(state.Scope)}")
    {
        ["Rule"] = state.Rule,
        ["Scope"] = state.Scope,
        ["Firing"] = state.IsFiring,
        ["Since"] = state.Since,
        ["Episode"] = state.Episode,
        ["Streak"] = state.Streak,
        ["Value"] = state.Value?.ToString(CultureInfo.InvariantCulture),
        ["N"] = state.N,
        ["Detail"] = state.Detail is { Length: > LongestDetail } detail ? detail[..LongestDetail] : state.Detail,
        ["Owed"] = EnumNames.Of(state.Owed),
    };

    private static RuleState? FromEntity(TableEntity row) =>
        row.GetString("Rule") is { } rule && row.GetString("Scope") is { } scope && row.GetDateTimeOffset("Since") is { } since
        && EnumNames.TryParse(row.GetString("Owed"), out RuleNotice owed)
            ? new RuleState
            {
                Rule = rule,
                Scope = scope,
                IsFiring = row.GetBoolean("Firing") ?? false,
                Since = since,
                Episode = row.GetDateTimeOffset("Episode"),
                Streak = row.GetInt32("Streak") ?? 0,
                Value = decimal.TryParse(row.GetString("Value"), NumberStyles.Number, CultureInfo.InvariantCulture, out var value) ? value : null,
                N = row.GetInt32("N") ?? 0,
                Detail = row.GetString("Detail"),
                Owed = owed,
            }
            : null;
}
