namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>What a sink of the file is.</summary>
internal enum SinkKind
{
    Teams,
    Slack,
    Webhook,
    AzureEmail,
    Smtp,
}
