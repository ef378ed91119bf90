using System.Globalization;
using System.Text.RegularExpressions;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing.Import;

/// <summary>A field of LiteLLM's file that is a price per token.</summary>
/// <param name="Class">The tokens.</param>
/// <param name="Above">The prompt tokens above which it holds; 0 for every prompt.</param>
/// <param name="Tier">The service tier.</param>
internal readonly partial record struct LiteLlmField(TokenClass Class, long Above, ServiceTier Tier)
{
    private static readonly Dictionary<string, TokenClass> Classes = new()
    {
        ["input_cost_per_token"] = TokenClass.Input,
        ["output_cost_per_token"] = TokenClass.Output,
        ["cache_read_input_token_cost"] = TokenClass.CachedInput,
        ["input_cost_per_token_cache_hit"] = TokenClass.CachedInput,
        ["cache_creation_input_token_cost"] = TokenClass.CacheWrite,
        ["cache_creation_input_token_cost_above_1hr"] = TokenClass.CacheWriteOneHour,
        ["input_cost_per_audio_token"] = TokenClass.AudioInput,
        ["cache_read_input_audio_token_cost"] = TokenClass.CachedAudioInput,
        ["output_cost_per_audio_token"] = TokenClass.AudioOutput,
        ["input_cost_per_image_token"] = TokenClass.ImageInput,
        ["output_cost_per_image_token"] = TokenClass.ImageOutput,
        ["output_cost_per_reasoning_token"] = TokenClass.Reasoning,
    };

    private static readonly HashSet<string> Facts =
    [
        "litellm_provider", "mode", "source", "metadata", "comment", "deprecation_date", "rpm", "tpm", "rpd", "tpd", "output_vector_size",
        "tool_use_system_prompt_tokens", "prompt_cache_min_tokens", "audio_transcription_config", "use_openai_responses_path", "uses_embed_content",
        "bedrock_output_config_effort_ceiling", "bedrock_converse_supports_strict_tools", "gemini_native_audio", "gemini_audio_only_live",
    ];

    /// <summary>The rule by which LiteLLM finds prices: class, then limit in thousands, then tier.</summary>
    /// <remarks>
    /// LiteLLM, <c>litellm_core_utils/llm_cost_calc/utils.py</c>, <c>_get_token_base_cost</c>: when the prompt has more tokens than the limit,
    /// "we use the corresponding threshold cost for all token types". So a limit is for the whole call, and 200k is 200,000.
    /// </remarks>
    public static bool TryParse(string name, out LiteLlmField field)
    {
        field = default;
        if (Form().Match(name) is not { Success: true } form || !Classes.TryGetValue(form.Groups["class"].Value, out var tokenClass)) return false;
        var above = form.Groups["limit"] is { Success: true, Value: var limit } ? 1000 * long.Parse(limit, CultureInfo.InvariantCulture) : 0;
        field = new LiteLlmField(tokenClass, above, form.Groups["tier"].Value switch
        {
            "_batches" => ServiceTier.Batch,
            "_flex" => ServiceTier.Flex,
            "_priority" => ServiceTier.Priority,
            _ => ServiceTier.Standard,
        });
        return true;
    }

    /// <summary>True for a field that says nothing of prices.</summary>
    public static bool IsFact(string name) =>
        Facts.Contains(name) || name.StartsWith("supports_", StringComparison.Ordinal) || name.StartsWith("supported_", StringComparison.Ordinal)
        || (name.StartsWith("max_", StringComparison.Ordinal) && !name.Contains("cost", StringComparison.Ordinal));

    /// <summary>Why a field that is no fact and no price of ours is not taken over.</summary>
    public static string WhyNot(string name)
    {
        bool Has(params ReadOnlySpan<string> parts)
        {
            foreach (var part in parts)
            {
                if (name.Contains(part, StringComparison.Ordinal)) return true;
            }

            return false;
        }

        return Has("video") ? SkipReasons.Video
            : Has("per_second") ? SkipReasons.PerSecond
            : Has("per_character") ? SkipReasons.PerCharacter
            : Has("per_pixel") ? SkipReasons.PerPixel
            : Has("per_page", "per_credit") ? SkipReasons.PerPage
            : Has("per_query", "web_search") ? SkipReasons.Search
            : Has("citation") ? SkipReasons.Citation
            : Has("dbu_cost", "_db_cost") ? SkipReasons.Dbu
            : Has("code_interpreter", "file_search", "vector_store", "computer_use") ? SkipReasons.Tool
            : Has("multiplier", "provider_specific_entry") ? SkipReasons.Multiplier
            : Has("tiered_pricing") ? SkipReasons.Ranges
            : Has("cache_creation_input_audio") ? SkipReasons.AudioCacheWrite
            : Has("per_image_above") ? SkipReasons.ImageAboveLimit
            : SkipReasons.Unknown;
    }

    [GeneratedRegex("^(?<class>.+?)(_above_(?<limit>[0-9]{1,6})k_tokens)?(?<tier>_batches|_flex|_priority)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
