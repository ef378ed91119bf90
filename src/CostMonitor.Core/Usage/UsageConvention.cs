namespace CostMonitor.Core.Usage;

/// <summary>How a provider's figures overlap. Audio and image tokens are inside the input and the output with every provider.</summary>
/// <param name="Cache">Tokens read from a cache or written to one, and the input: <see cref="PartPlace.Inside"/> or <see cref="PartPlace.Beside"/>.</param>
/// <param name="Reasoning">Reasoning tokens and the output.</param>
public readonly record struct UsageConvention(PartPlace Cache = PartPlace.Inside, PartPlace Reasoning = PartPlace.Inside);
