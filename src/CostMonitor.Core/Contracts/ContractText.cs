namespace CostMonitor.Core.Contracts;

/// <summary>A contract as a prompt file writes it; null where nothing is written.</summary>
public sealed record ContractText(string? Format, string? Schema, string? Sections, int? MinChars, int? MaxChars, string? Expected);
