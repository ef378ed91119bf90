namespace CostMonitor.Functions.Telemetry;

/// <summary>One request to a model: an attempt of a call.</summary>
/// <param name="Name">As its span is called, <c>chat gpt-4o</c>.</param>
/// <param name="Provider">By the semantic conventions, as in <c>azure.ai.openai</c>.</param>
/// <param name="Target">The server; of a model inside the process its provider.</param>
/// <param name="Started">When it began, UTC.</param>
/// <param name="Took">To the last byte, or to the failure.</param>
/// <param name="Status">The HTTP status; empty if no answer came.</param>
/// <param name="IsSuccess">Whether it was answered to the end.</param>
/// <param name="Values">Dimensions alone.</param>
internal sealed record ModelRequest(
    string Name, string Provider, string Target, DateTimeOffset Started, TimeSpan Took, string Status, bool IsSuccess, TelemetryValues Values);
