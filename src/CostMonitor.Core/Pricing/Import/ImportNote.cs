namespace CostMonitor.Core.Pricing.Import;

/// <summary>Something in a source of prices that was not taken over.</summary>
/// <param name="Entry">The entry of the source: a key of LiteLLM, <c>provider/model</c> of genai-prices.</param>
/// <param name="Field">The field inside the entry; "" for the whole entry.</param>
/// <param name="Reason">Why, in words that are the same for all notes of one kind.</param>
public sealed record ImportNote(string Entry, string Field, string Reason);
