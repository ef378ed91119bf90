using System.Globalization;
using System.Runtime.CompilerServices;
using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Routing;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Simulated;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>Looks at every call that is about to be paid for: reserves the most that it can cost in every budget that covers it, or refuses it; and while a budget throttles, has it cost less.</summary>
/// <remarks>What it reserves is settled when the call ends, by whoever records the call, or here for a call that nobody records.</remarks>
public sealed class AdmittedChatClient : ChainLink
{
    /// <summary>No throttled call waits longer.</summary>
    public static readonly TimeSpan LongestThrottle = TimeSpan.FromSeconds(30);

    private readonly ModelKey _model;
    private readonly Func<ModelKey, IReadOnlyList<Offer>> _offersOf;
    private readonly Func<ModelKey, IChatClient?> _find;
    private readonly ChainParts _parts;
    private readonly CallLimits _limits;
    private readonly TimeProvider _time;
    private readonly RecentLatency _latency;
    private IReadOnlyList<Offer>? _offers;
    private long _throttled;

    /// <param name="model">What callers ask for: a deployment or a route.</param>
    /// <param name="inner">The client to ask.</param>
    /// <param name="offersOf">Gives what a model, or any target of a route, is billed as.</param>
    /// <param name="find">Finds a model that may be asked instead, behind its admission.</param>
    /// <param name="parts">Gives the levers, the prices and the ledger.</param>
    /// <param name="limits">For calls that bring none of their own.</param>
    /// <param name="time">The clock of the calls.</param>
    public AdmittedChatClient(
        ModelKey model, IChatClient inner, Func<ModelKey, IReadOnlyList<Offer>> offersOf, Func<ModelKey, IChatClient?> find, ChainParts parts, CallLimits limits, TimeProvider time)
        : base(inner) => (_model, _offersOf, _find, _parts, _limits, _time, _latency) = (model, offersOf, find, parts, limits, time, new RecentLatency(time));

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var pulled = _parts.Levers();
        if (pulled.CachedOnly) throw new CallRefusedException(RefusalReason.CachedOnly, "Only cached answers are served just now (setting CachedOnly), and there is none for this call.");
        if (pulled.MaxOutputTokens is { } most) options = Limited(options, most);
        if (_parts.Ledger is not { } ledger) return InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken);
        var call = ModelCall.Ensure(ref options, _time);
        return PayAsync(ledger, call, call.Keep(messages), options, cancellationToken);
    }

    /// <summary>Reserves the price of another attempt where one before it may be billed as well.</summary>
    internal static async ValueTask CoverAnotherAttemptAsync(ModelCall call, CancellationToken cancellationToken)
    {
        if (call.Charge is not { Request.Worst: { } worst } charge || call.Attempt is not { } last || IsFree(last)) return;
        if (await charge.ExtendAsync(worst, call.Left(call.Settings.Limits ?? CallLimits.Default), cancellationToken) is ChargeAnswer.Refused refused) throw Refusal(refused);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> PayAsync(
        BudgetLedger ledger, ModelCall call, IReadOnlyList<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (model, client) = (_model, InnerClient);
        if (ledger.PressureOn(model, call.Settings.Tags) is { Throttling: { } throttling, Budget: { } budget } && call.Settings.Priority != CallPriority.Critical)
        {
            if (throttling.Cheaper.TryGetValue(model, out var cheaper) && _find(cheaper) is { } instead)
            {
                (model, client) = (cheaper, instead);
                call.Route = new CallRoute(cheaper, $"budget {budget.Id} throttles: asked instead of {_model}", 0);
                call.IsLowered = true;
            }
            else
            {
                await HoldBackAsync(call, throttling, budget, cancellationToken);
            }

            if (throttling.MaxOutputTokens is { } most && !(options?.MaxOutputTokens <= most))
            {
                options = Limited(options, most);
                call.IsLowered = true;
            }
        }

        var offers = model == _model ? _offers ??= _offersOf(model) : _offersOf(model);
        if (options?.MaxOutputTokens is null && ledger.OutputLimitFor(model, call.Settings.Tags, [.. offers.Select(static o => o.Model)]) is { } limit) options = Limited(options, limit);
        await ReserveAsync(ledger, call, model, offers, messages, options, cancellationToken);
        var isWhole = false;
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(messages, options, cancellationToken).WithCancellation(CancellationToken.None)) yield return update;
            isWhole = true;
        }
        finally
        {
            if (isWhole && call.Attempt is { } answered) _latency.Note(answered.Took);
            End(call);
        }
    }

    private async ValueTask ReserveAsync(
        BudgetLedger ledger, ModelCall call, ModelKey model, IReadOnlyList<Offer> offers, IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var request = new ChargeRequest
        {
            Model = model,
            Targets = offers is [{ Model: var only }] && only == model ? [] : [.. offers.Select(static o => o.Model)],
            Tags = call.Settings.Tags,
            Priority = call.Settings.Priority,
            Worst = WorstCase(offers, messages, options),
            IsDirect = !call.HandsOverCharge,
            Patience = call.Left(call.Settings.Limits ?? _limits),
        };
        var asked = _time.GetTimestamp();
        var answer = await ledger.AdmitAsync(request, cancellationToken);
        var waited = _time.GetElapsedTime(asked);
        if (answer is ChargeAnswer.Refused refused) throw Refusal(refused);
        call.Charge = ((ChargeAnswer.Granted)answer).Charge;
        if (call.Charge is not null && waited > TimeSpan.Zero) call.WaitedForLimit(waited);
    }

    /// <summary>The dearest that a call can become: all of the question at the price of new input, and as many output tokens as it may have.</summary>
    private Usd? WorstCase(IReadOnlyList<Offer> offers, IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        var usage = new TokenUsage { Input = PromptBound.Of(messages, options), Output = options?.MaxOutputTokens ?? LimitedChatClient.UsualOutputTokens };
        var (catalog, now, worst) = (_parts.Prices(), _time.GetUtcNow(), (Usd?)Usd.Zero);
        foreach (var offer in offers)
        {
            if (catalog.CostOf(offer, null, usage, now).Amount is not { } cost) return null;
            if (cost > worst) worst = cost;
        }

        return worst;
    }

    /// <summary>A batch's or a canary's call waits so long that such calls come at the share of their pace; of an app's calls the share is let through.</summary>
    private async ValueTask HoldBackAsync(ModelCall call, Throttling throttling, Budget budget, CancellationToken cancellationToken)
    {
        if (throttling.Share >= 1) return;
        if (call.Settings.Lane == CallLane.App)
        {
            var number = Interlocked.Increment(ref _throttled);
            if (Math.Floor(number * throttling.Share) > Math.Floor((number - 1) * throttling.Share)) return;
            throw new CallRefusedException(RefusalReason.Throttled, string.Create(CultureInfo.InvariantCulture,
                $"Budget {budget.Id} is nearly used up: {throttling.Share:P0} of the calls that are not critical are let through, and this is not one of them.")) { RetryAfter = TimeSpan.FromSeconds(1) };
        }

        if (_latency.Ms is not { } ms) return;
        var wait = TimeSpan.FromMilliseconds(Math.Min(ms * ((1 / throttling.Share) - 1), LongestThrottle.TotalMilliseconds));
        if (call.Left(call.Settings.Limits ?? _limits) - wait is { Ticks: <= 0 }) return;
        if (_time is VirtualClock clock) clock.Wait(wait, cancellationToken);
        else await Task.Delay(wait, _time, cancellationToken);
        call.WaitedForLimit(wait);
    }

    private void End(ModelCall call)
    {
        if (call.Charge is not { } charge) return;
        var (prices, now) = (_parts.Prices(), _time.GetUtcNow());
        var sum = Usd.Zero;
        call.Cost = CallCost.Known(Usd.Zero, "not called");
        foreach (var attempt in call.Attempts)
        {
            var answeredBy = attempt.Failure is null ? attempt.AnsweredBy : null;
            var cost = attempt.Usage(out _) is { } usage
                ? prices.CostOf(attempt.BilledAs ?? new Offer(attempt.Deployment.Model), answeredBy, usage.Tokens, now)
                : CallPricing.CostOf(attempt.ToAttempt(), static (_, _, _) => default);
            if (cost.Amount is not { } amount)
            {
                call.Cost = cost;
                break;
            }

            sum += amount;
            call.Cost = CallCost.Known(sum, cost.Label ?? "");
        }

        if (call.Attempt is { } last) charge.Narrow(last.Deployment.Model);
        if (!call.HandsOverCharge) call.SettleCharge();
    }

    private static bool IsFree(AttemptMeter attempt) =>
        attempt.Usage(out _) is null && CallPricing.CostOf(attempt.ToAttempt(), static (_, _, _) => default) is { Amount: { } amount } && amount == Usd.Zero;

    private static CallRefusedException Refusal(ChargeAnswer.Refused refused) => new(
        refused.Reason switch
        {
            ChargeRefusal.Exhausted => RefusalReason.BudgetExhausted,
            ChargeRefusal.Unpriced => RefusalReason.BudgetUnpriced,
            _ => RefusalReason.LedgerUnavailable,
        },
        refused.Message) { RetryAfter = refused.RetryAfter };

    private static ChatOptions Limited(ChatOptions? options, int most)
    {
        if (options?.MaxOutputTokens <= most) return options;
        options = options?.Clone() ?? new ChatOptions();
        options.MaxOutputTokens = most;
        return options;
    }
}
