using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Calling.Caching;

/// <summary>Which cached answers are to go. The results of idempotency keys are not meant by any: to forget one would have its call paid again.</summary>
public abstract record AnswerFilter
{
    private AnswerFilter()
    {
    }

    public bool Matches(CacheKey key, CachedAnswer answer) => answer.Question is null && this switch
    {
        All => true,
        OfModel(var model) => answer.Model == model || answer.Deployment == model,
        OfPromptVersion(var version) => answer.PromptVersion == version,
        One(var one) => key == one,
        _ => throw new InvalidOperationException($"{GetType().Name} is no filter of answers."),
    };

    /// <summary>Every answer.</summary>
    public sealed record All : AnswerFilter;

    /// <summary>The answers to questions that a model was asked, by the name that was asked for or by the deployment's.</summary>
    public sealed record OfModel(ModelKey Model) : AnswerFilter;

    /// <summary>The answers to one version of a prompt's wording.</summary>
    public sealed record OfPromptVersion(string Version) : AnswerFilter;

    /// <summary>The answer under one key.</summary>
    public sealed record One(CacheKey Key) : AnswerFilter;
}
