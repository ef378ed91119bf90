namespace CostMonitor.Providers.Wire;

/// <summary>What one event of a stream brings; most bring one piece of text.</summary>
/// <param name="Text">A piece of content; null or empty for none.</param>
/// <param name="Reasoning">A piece of reasoning; null or empty for none.</param>
/// <param name="Error">The provider's error; null for none.</param>
/// <param name="IsEnd">True for the event that ends the answer.</param>
internal readonly record struct StreamEvent(string? Text = null, string? Reasoning = null, ProviderError? Error = null, bool IsEnd = false);
