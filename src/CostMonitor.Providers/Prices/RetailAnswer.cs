using System.Text.Json;
using CostMonitor.Core.Pricing.Azure;

namespace CostMonitor.Providers.Prices;

/// <summary>What the Retail Prices API answered, all pages of it.</summary>
/// <param name="Address">Where it was asked.</param>
/// <param name="Filter">What it was asked for.</param>
/// <param name="ReadAt">When (UTC).</param>
/// <param name="Meters">Its prices.</param>
/// <param name="Pages">The same prices as they came, one array a page.</param>
public sealed record RetailAnswer(Uri Address, string Filter, DateTimeOffset ReadAt, IReadOnlyList<RetailMeter> Meters, IReadOnlyList<JsonElement> Pages);
