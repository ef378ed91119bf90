namespace CostMonitor.Functions.Telemetry;

/// <summary>All that telemetry of one name may hold.</summary>
/// <param name="Kind">Where queries find it: customEvents, customMetrics or dependencies.</param>
/// <param name="Name">Valid for OpenTelemetry: a letter, then letters, digits and <c>_ . - /</c>.</param>
/// <param name="Tells">When it is sent; of a metric what its value is, with the unit.</param>
/// <param name="Dimensions">Texts.</param>
/// <param name="Numbers">Measurements of an event.</param>
internal sealed record TelemetryEntry(TelemetryKind Kind, string Name, string Tells, IReadOnlyList<string> Dimensions, params IReadOnlyList<string> Numbers);
