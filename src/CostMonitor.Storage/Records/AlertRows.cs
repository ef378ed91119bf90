using System.Globalization;
using System.Text;
using CostMonitor.Core.Alerts;
using CostMonitor.Core.Input;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>The rows of the table Alerts: the alerts themselves, those with a notice outstanding, the list by age, the silences.</summary>
internal static class AlertRows
{
    public const string OpenPartition = "!open";
    public const string ListPartition = "!list";
    public const string SilencePartition = "!silence";

    /// <summary>Of an open row whose notice was given up: nothing is due any more.</summary>
    public static readonly DateTimeOffset Never = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static (string Partition, string Row) KeysOf(AlertKey key)
    {
        var id = key.Id;
        var cut = id.LastIndexOf('|');
        return (id[..cut], id[(cut + 1)..]);
    }

    /// <param name="alert">The alert.</param>
    /// <param name="operation">Unlike that of any other writer: a row of the same content is then this writer's own.</param>
    public static TableEntity Alert(Alert alert, string operation)
    {
        var (partition, row) = KeysOf(alert.Key);
        var entity = new TableEntity(partition, row)
        {
            ["Rule"] = alert.Key.Rule,
            ["Scope"] = alert.Key.Scope,
            ["State"] = EnumNames.Of(AlertNotice.Firing),
            ["Severity"] = EnumNames.Of(alert.Severity),
            ["At"] = alert.At.ToUniversalTime(),
            ["RaisedBy"] = operation,
        };
        LargeBinary.Set(entity, "Alert", Encoding.UTF8.GetBytes(AlertJson.Text(alert)));
        return entity;
    }

    public static TableEntity Recovery(Alert recovery, string operation)
    {
        var (partition, row) = KeysOf(recovery.Key);
        var entity = new TableEntity(partition, row) { ["State"] = EnumNames.Of(AlertNotice.Recovered), ["RecoveredBy"] = operation };
        LargeBinary.Set(entity, "Recovery", Encoding.UTF8.GetBytes(AlertJson.Text(recovery)));
        return entity;
    }

    public static TableEntity Deliveries(KeptAlert kept)
    {
        var (partition, row) = KeysOf(kept.Key);
        return new TableEntity(partition, row) { ["Deliveries"] = AlertJson.Text(kept.Deliveries) };
    }

    public static KeptAlert ToKept(TableEntity row) => new()
    {
        Alert = AlertJson.Read(Encoding.UTF8.GetString(LargeBinary.Get(row, "Alert"))),
        Recovery = row.GetString("RecoveredBy") is null ? null : AlertJson.Read(Encoding.UTF8.GetString(LargeBinary.Get(row, "Recovery"))),
        Deliveries = row.GetString("Deliveries") is { } deliveries ? AlertJson.ReadDeliveries(deliveries) : [],
        AcknowledgedBy = row.GetString("AcknowledgedBy"),
        AcknowledgedAt = row.GetDateTimeOffset("AcknowledgedAt"),
    };

    public static string OpenKey(AlertKey key, AlertNotice notice) => $"{key.Id}|{EnumNames.Of(notice)}";

    public static TableEntity Open(AlertKey key, AlertNotice notice, DateTimeOffset now, DateTimeOffset due) => new(OpenPartition, OpenKey(key, notice))
    {
        ["Alert"] = key.Id,
        ["Notice"] = EnumNames.Of(notice),
        ["Opened"] = now,
        ["Due"] = due,
        ["IsUndelivered"] = due == Never,
    };

    /// <summary>The newest first, as the store sorts them.</summary>
    public static TableEntity Listed(KeptAlert kept) =>
        new(ListPartition, string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.MaxValue.UtcTicks - kept.Alert.At.UtcTicks:D19}|{kept.Key.Id}"))
        {
            ["Alert"] = kept.Key.Id,
            ["State"] = EnumNames.Of(kept.State),
            ["IsUndelivered"] = kept.IsUndelivered,
        };

    public static TableEntity Silence(AlertSilence silence) => new(SilencePartition, silence.Id)
    {
        ["Scope"] = silence.Scope,
        ["Rule"] = silence.Rule,
        ["Created"] = silence.Created.ToUniversalTime(),
        ["Until"] = silence.Until.ToUniversalTime(),
        ["Reason"] = silence.Reason,
    };

    public static AlertSilence ToSilence(TableEntity row) => new()
    {
        Id = row.RowKey,
        Scope = row.GetString("Scope"),
        Rule = row.GetString("Rule"),
        Created = row.GetDateTimeOffset("Created") ?? default,
        Until = row.GetDateTimeOffset("Until") ?? default,
        Reason = row.GetString("Reason") ?? "",
    };
}
