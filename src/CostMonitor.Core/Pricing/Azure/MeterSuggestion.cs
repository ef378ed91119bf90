using System.Text.RegularExpressions;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing.Azure;

/// <summary>Reads the free text of a meter's name. What comes out is for people to check, and no price until they accept it.</summary>
public static partial class MeterSuggestion
{
    /// <summary>OpenAI's limit of a short prompt in this family, which is what <c>LongCo</c> means in the names that are known.</summary>
    private const long LongPrompt = 272_000;

    /// <summary>Words of meters that are no plain calls of a model: training, hosting, grading, calls of a tool.</summary>
    private static readonly HashSet<string> Others =
        ["ft", "finetuned", "rft", "dev", "training", "trng", "hosting", "hstng", "grdr", "grader", "mdl", "sora", "tool", "calls", "session"];

    private static readonly Dictionary<string, DeploymentType> Deployments = new()
    {
        ["glbl"] = DeploymentType.Global, ["gl"] = DeploymentType.Global, ["glb"] = DeploymentType.Global, ["global"] = DeploymentType.Global,
        ["datazone"] = DeploymentType.DataZone, ["dzone"] = DeploymentType.DataZone, ["dzn"] = DeploymentType.DataZone, ["dz"] = DeploymentType.DataZone,
        ["regnl"] = DeploymentType.Regional, ["rgnl"] = DeploymentType.Regional, ["regn"] = DeploymentType.Regional, ["regional"] = DeploymentType.Regional,
    };

    private static readonly Dictionary<string, ServiceTier> Tiers = new()
    {
        ["batch"] = ServiceTier.Batch, ["pp"] = ServiceTier.Priority, ["prty"] = ServiceTier.Priority, ["flex"] = ServiceTier.Flex, ["fl"] = ServiceTier.Flex,
        ["std"] = ServiceTier.Standard,
    };

    private static readonly Dictionary<string, Word> Words = new()
    {
        ["inp"] = Word.Input, ["inpt"] = Word.Input, ["input"] = Word.Input, ["in"] = Word.Input,
        ["outp"] = Word.Output, ["outpt"] = Word.Output, ["output"] = Word.Output, ["opt"] = Word.Output, ["out"] = Word.Output,
        ["cached"] = Word.Cached, ["cchd"] = Word.Cached, ["ccchd"] = Word.Cached, ["cd"] = Word.Cached, ["wr"] = Word.Write,
        ["aud"] = Word.Audio, ["audio"] = Word.Audio, ["img"] = Word.Image, ["image"] = Word.Image, ["txt"] = Word.Text, ["text"] = Word.Text,
        ["longco"] = Word.Long, ["loco"] = Word.Long, ["shortco"] = Word.Short, ["shco"] = Word.Short, ["rsng"] = Word.Short,
    };

    [Flags]
    private enum Word
    {
        None = 0, Input = 1, Output = 2, Cached = 4, Write = 8, Audio = 16, Image = 32, Text = 64, Long = 128, Short = 256,
    }

    /// <returns>What the name looks like; null if it does not name tokens, a direction and a deployment, or names something else.</returns>
    public static MeterRule? Of(string meterName)
    {
        if (Name().Match(meterName) is not { Success: true } match) return null;
        var text = GluedBatch().Replace(match.Groups["rest"].Value.ToLowerInvariant().Replace("data zone", "datazone", StringComparison.Ordinal), "batch ");
        var (model, said, tier) = (new List<string>(), Word.None, ServiceTier.Standard);
        DeploymentType? deployment = null;
        foreach (var word in text.Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Others.Contains(word)) return null;
            if (Deployments.TryGetValue(word, out var place)) deployment = place;
            else if (Tiers.TryGetValue(word, out var named)) tier = named;
            else if (Words.TryGetValue(word, out var meaning)) said |= meaning;
            else model.Add(word);
        }

        if (deployment is not { } found || ClassOf(said) is not { } tokens || ModelOf(model) is not { } name) return null;
        return new MeterRule(name, tokens, tier, found, said.HasFlag(Word.Long) ? LongPrompt : 0);
    }

    /// <summary>A name of an audio or image model says both, as in <c>gpt aud 1.5 txt inp</c>: there the text is meant.</summary>
    private static TokenClass? ClassOf(Word said) => (said & ~(Word.Long | Word.Short | Word.Text | (said.HasFlag(Word.Text) ? Word.Audio | Word.Image : Word.None))) switch
    {
        Word.Input => TokenClass.Input,
        Word.Cached or Word.Cached | Word.Input => TokenClass.CachedInput,
        Word.Write or Word.Cached | Word.Write => TokenClass.CacheWrite,
        Word.Output => TokenClass.Output,
        Word.Audio | Word.Input => TokenClass.AudioInput,
        Word.Audio | Word.Cached | Word.Input => TokenClass.CachedAudioInput,
        Word.Audio | Word.Output => TokenClass.AudioOutput,
        Word.Image | Word.Input => TokenClass.ImageInput,
        Word.Image | Word.Cached | Word.Input => TokenClass.CachedImageInput,
        Word.Image | Word.Output => TokenClass.ImageOutput,
        _ => null,
    };

    private static string? ModelOf(List<string> words)
    {
        if (words.Count == 0) return null;
        var name = string.Join('-', words);
        if (char.IsAsciiDigit(name[0])) name = "gpt-" + name;
        return ModelKey.TryCreate(AzureImport.Provider, name, out _) ? name : null;
    }

    [GeneratedRegex("^(?<rest>.+?)(?: [0-9]+[KM])? Tokens$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Name();

    [GeneratedRegex("\\bbatch(?=inp|outp)", RegexOptions.CultureInvariant)]
    private static partial Regex GluedBatch();
}
