namespace CostMonitor.Core.Calling.Routing;

/// <summary>What <see cref="DifficultyRule"/> makes of a question.</summary>
/// <param name="Difficulty">Easy or hard.</param>
/// <param name="Points">What it counted.</param>
/// <param name="Reason">The points and what each was for; holds no word of the question.</param>
public sealed record JudgedDifficulty(PromptDifficulty Difficulty, int Points, string Reason);
