using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>One logical call on its way through the chain: what its caller asked for, and what the links tell each other. It travels in the options, see <see cref="CallOptions"/>.</summary>
/// <remarks>One attempt is under way at a time, so that nothing here needs a lock.</remarks>
public sealed class ModelCall
{
    private const string SettingsKey = "costmonitor.settings", CallKey = "costmonitor.call";

    private readonly TimeProvider _time;
    private readonly long _started;
    private AttemptMeter[] _attempts = []; // replaced by a longer one, so that a call that goes on without its caller disturbs no reader
    private IReadOnlyList<ChatMessage>? _messages;
    private long? _promptTokens;

    private ModelCall(CallSettings settings, TimeProvider time) => (Settings, _time, _started) = (settings, time, time.GetTimestamp());

    public CallSettings Settings { get; }

    /// <summary>What is asked, as every provider's answer to it is estimated: see <see cref="TokenEstimator"/>. 0 before the messages are known.</summary>
    internal long PromptTokens => _promptTokens ??= _messages is null ? 0 : TokenEstimator.CountPrompt([.. _messages.Select(static m => m.Text)]);

    /// <summary>From the start of the call to now.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>All waits for a provider's limit, and for a budget that throttles, so far.</summary>
    public TimeSpan LimiterWait { get; private set; }

    /// <summary>All waits between attempts so far.</summary>
    public TimeSpan RetryWait { get; private set; }

    /// <summary>The route taken; null for a call of a deployment by its own name.</summary>
    public CallRoute? Route { get; internal set; }

    /// <summary>Where the answer came from if no provider was asked.</summary>
    public CacheHit? Cache { get; internal set; }

    /// <summary>What is reserved for the call; null where no budget covers it, or before it is admitted.</summary>
    internal CallCharge? Charge { get; set; }

    /// <summary>True while whoever made the call settles its charge, once it has recorded what came.</summary>
    internal bool HandsOverCharge { get; set; }

    /// <summary>What the call cost once it has ended, if that can be known.</summary>
    internal CallCost? Cost { get; set; }

    /// <summary>Whether the answer is that of a cheaper model, or of a call that was cut short: not what the caller asked for, and nothing to keep.</summary>
    internal bool IsLowered { get; set; }

    /// <summary>The answer that <see cref="Cache"/> speaks of.</summary>
    internal CachedAnswer? Answer { get; set; }

    /// <summary>False while a route has another deployment to ask: that is sooner than asking this one again.</summary>
    internal bool MayRetry { get; set; } = true;

    /// <summary>True to keep every gap between two tokens, as a benchmark does.</summary>
    internal bool KeepsGaps { get; init; }

    /// <summary>True to keep the answer's text; else its tokens are counted as they pass, in case the provider reports none.</summary>
    internal bool KeepsText { get; set; }

    /// <summary>In their order, the one under way last.</summary>
    internal IReadOnlyList<AttemptMeter> Attempts => _attempts;

    /// <summary>The attempt under way, or the last one; null before the first.</summary>
    internal AttemptMeter? Attempt => _attempts is [.., var last] ? last : null;

    /// <summary>The name that a simulated answer follows from: another one for each attempt. Empty if the caller gave none.</summary>
    internal string AttemptId => Settings.Id.Length == 0 || _attempts.Length < 2
        ? Settings.Id
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Settings.Id}#{_attempts.Length}");

    /// <summary>The call's own span, above those of its attempts; null when nobody listens.</summary>
    internal System.Diagnostics.Activity? Span { get; set; }

    private TimeSpan NextWait { get; set; }

    private bool IsRecorded { get; set; }

    /// <summary>What is left of the whole call's time; zero when it is over.</summary>
    internal TimeSpan Left(CallLimits limits) => limits.Total - Elapsed is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>The call that the options carry; null if they carry none.</summary>
    public static ModelCall? Of(ChatOptions? options) => options switch
    {
        null => null,
        CallOptions { Call: var call } => call,
        _ => options.AdditionalProperties?.TryGetValue(CallKey, out var carried) == true ? carried as ModelCall : null,
    };

    /// <summary>Sets what the chain is to heed for one call.</summary>
    /// <returns>A copy of the options; the caller's own stay as they are.</returns>
    public static ChatOptions With(ChatOptions? options, CallSettings settings)
    {
        var copy = options?.Clone() ?? new ChatOptions();
        (copy.AdditionalProperties ??= [])[SettingsKey] = settings;
        return copy;
    }

    /// <summary>The call that the options carry; begins one in a copy of them if they carry none.</summary>
    internal static ModelCall Ensure(ref ChatOptions? options, TimeProvider time) => Of(options) ?? Begin(ref options, time, keepsGaps: false);

    internal static ModelCall Begin(ref ChatOptions? options, TimeProvider time, bool keepsGaps)
    {
        var settings = options?.AdditionalProperties?.TryGetValue(SettingsKey, out var asked) == true ? asked as CallSettings : null;
        var call = new ModelCall(settings ?? CallSettings.Default, time) { KeepsGaps = keepsGaps, KeepsText = keepsGaps || settings?.Contract is not null };
        if (options is null || options.GetType() == typeof(ChatOptions)) options = new CallOptions(options, call);
        else ((options = options.Clone()).AdditionalProperties ??= [])[CallKey] = call; // somebody's own kind of options stays what it is
        if (settings is not null) options.AdditionalProperties?.Remove(SettingsKey); // means nothing to a provider
        return call;
    }

    /// <summary>Keeps what is asked. A list that can be read once only is read here, so that a second attempt finds it.</summary>
    internal IReadOnlyList<ChatMessage> Keep(IEnumerable<ChatMessage> messages) => _messages ??= messages as IReadOnlyList<ChatMessage> ?? [.. messages];

    internal AttemptMeter BeginAttempt(Deployment deployment)
    {
        var attempt = new AttemptMeter(deployment, this, Elapsed, NextWait, _time);
        NextWait = TimeSpan.Zero;
        _attempts = [.. _attempts, attempt];
        return attempt;
    }

    /// <summary>Takes the call for the link that writes its log line and its span.</summary>
    /// <returns>False when another link has it.</returns>
    internal bool TryRecord() => !IsRecorded && (IsRecorded = true);

    /// <summary>Settles what the call cost, unless somebody has.</summary>
    internal void SettleCharge()
    {
        if (Cost is { Amount: { } amount }) Charge?.Settle(amount);
        else if (Cost is not null) Charge?.SettleUnknown();
    }

    internal void WaitedForLimit(TimeSpan wait) => (LimiterWait, NextWait) = (LimiterWait + wait, NextWait + wait);

    internal void WaitedToRetry(TimeSpan wait) => (RetryWait, NextWait) = (RetryWait + wait, NextWait + wait);

    internal CallPath Path() => new()
    {
        Attempts = [.. _attempts.Select(static a => a.ToAttempt())],
        LimiterWait = LimiterWait,
        RetryWait = RetryWait,
        Elapsed = Elapsed,
        Route = Route,
        Cache = Cache,
    };
}
