using System.Text.Json;

namespace CostMonitor.Core.Usage;

/// <summary>The token classes in their order, and the names that files, records and the API give them.</summary>
public static class TokenClasses
{
    private static readonly string[] Names = [.. Enum.GetNames<TokenClass>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    public static int Count => Names.Length;

    public static IReadOnlyList<TokenClass> All { get; } = Enum.GetValues<TokenClass>();

    /// <summary>As it is written: <c>cachedInput</c>.</summary>
    public static string NameOf(TokenClass tokenClass) => Names[(int)tokenClass];

    public static bool TryParse(string? name, out TokenClass tokenClass)
    {
        tokenClass = (TokenClass)Array.IndexOf(Names, name);
        return tokenClass >= 0;
    }

    /// <summary>The usage that an object holds by class; a class that is absent has no tokens, a name that is no class is not looked at.</summary>
    /// <exception cref="InvalidOperationException">A class is no number.</exception>
    /// <exception cref="FormatException">A class is no whole number.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A class is negative.</exception>
    public static TokenUsage Read(JsonElement json)
    {
        long Of(TokenClass tokenClass) => json.TryGetProperty(NameOf(tokenClass), out var value) ? value.GetInt64() : 0;
        return From(Of);
    }

    /// <summary>The usage with so many tokens of each class.</summary>
    public static TokenUsage From(Func<TokenClass, long> tokens) => new()
    {
        Input = tokens(TokenClass.Input),
        CachedInput = tokens(TokenClass.CachedInput),
        CacheWrite = tokens(TokenClass.CacheWrite),
        CacheWriteOneHour = tokens(TokenClass.CacheWriteOneHour),
        AudioInput = tokens(TokenClass.AudioInput),
        CachedAudioInput = tokens(TokenClass.CachedAudioInput),
        ImageInput = tokens(TokenClass.ImageInput),
        CachedImageInput = tokens(TokenClass.CachedImageInput),
        Output = tokens(TokenClass.Output),
        Reasoning = tokens(TokenClass.Reasoning),
        AudioOutput = tokens(TokenClass.AudioOutput),
        ImageOutput = tokens(TokenClass.ImageOutput),
    };

    public static bool IsPrompt(TokenClass tokenClass) => tokenClass < TokenClass.Output;
}
