using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Routing;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Usage;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Simulated;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>A logical model: asks its deployments in the planned order, the next one when one fails before its first token.</summary>
internal sealed class RoutedChatClient : ChainLink
{
    private readonly Route _route;
    private readonly IReadOnlyList<RoutedDeployment> _deployments;
    private readonly ChainParts _parts;
    private readonly CallLimits _limits;
    private readonly TimeProvider _time;
    private readonly bool _countsTokens;

    /// <param name="route">The route.</param>
    /// <param name="deployments">One for each target, in the route's order; at least one is configured.</param>
    /// <param name="parts">Gives the prices of a route that goes by cost.</param>
    /// <param name="limits">For calls that bring none of their own: no deployment is asked when the whole call's time is over.</param>
    /// <param name="time">The clock of the calls.</param>
    public RoutedChatClient(Route route, IReadOnlyList<RoutedDeployment> deployments, ChainParts parts, CallLimits limits, TimeProvider time)
        : base(deployments.Select(static d => d.Client).FirstOrDefault(static c => c is not null)
            ?? throw new ArgumentException($"No target of {route.Model} is configured.", nameof(deployments)))
    {
        (_route, _deployments, _parts, _limits, _time) = (route, deployments, parts, limits, time);
        _countsTokens = route.CountsTokens;
    }

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var call = ModelCall.Ensure(ref options, _time);
        return RouteAsync(call, call.Keep(messages), options, cancellationToken);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> RouteAsync(
        ModelCall call, IReadOnlyList<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var started = await StartAsync(call, messages, options, cancellationToken);
        while (await started.MoveNextAsync()) yield return started.Current;
    }

    private async ValueTask<StartedStream> StartAsync(
        ModelCall call, IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var judged = _route.ByDifficulty && call.Settings.Route.Difficulty is null ? Judge(messages, options) : null;
        var plan = Plan(call, messages, options, judged);
        string? failed = null;
        Exception? last = null;
        for (var i = 0; i < plan.InOrder.Count; i++)
        {
            var planned = plan.InOrder[i];
            call.Route = new CallRoute(planned.Target.Model, Why(planned, plan, judged, failed), i);
            call.MayRetry = i == plan.InOrder.Count - 1;
            var client = _deployments[planned.Index].Client ?? throw new InvalidOperationException($"{planned.Target.Model} was planned and has no client.");
            try
            {
                return await StartedStream.OpenAsync(client.GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);
            }
            catch (ModelCallException e) when (MayFailOver(e, call, cancellationToken))
            {
                failed = $"{failed}{(failed is null ? "" : ", ")}{planned.Target.Model} ({Short(e)})";
                last = e;
            }
        }

        throw Refusal(plan, failed, last);
    }

    private bool MayFailOver(ModelCallException e, ModelCall call, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && FailureKind.IsForAnother(e) && call.Left(call.Settings.Limits ?? _limits) > TimeSpan.Zero;

    private RoutePlan Plan(ModelCall call, IReadOnlyList<ChatMessage> messages, ChatOptions? options, JudgedDifficulty? judged)
    {
        var request = new RouteRequest
        {
            PromptTokens = _countsTokens ? call.PromptTokens : 0,
            MaxOutputTokens = options?.MaxOutputTokens,
            Wish = call.Settings.Route,
            Features = Features(messages, options),
            Difficulty = _route.ByDifficulty ? call.Settings.Route.Difficulty ?? judged?.Difficulty : null,
        };
        var healths = new TargetHealth[_deployments.Count];
        for (var i = 0; i < healths.Length; i++) healths[i] = Health(_deployments[i], request);
        return RoutePlanner.Plan(_route, request, healths, _route.Order == RouteOrder.Weighted ? Draw(call.Settings.Id) : 0);
    }

    private TargetHealth Health(RoutedDeployment deployment, RouteRequest request) => new()
    {
        Missing = deployment.Missing,
        State = deployment.State(),
        LatencyMs = deployment.Latency?.Ms,
        Cost = _route.Order == RouteOrder.Cheapest
            ? _parts.Prices().CostOf(deployment.Offer, null, new TokenUsage { Input = request.PromptTokens, Output = request.OutputTokens }, _time.GetUtcNow()).Amount
            : null,
    };

    private static JudgedDifficulty Judge(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        var (system, prompt) = ((string?)null, "");
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.System) system ??= message.Text;
            else if (message.Role == ChatRole.User) prompt = message.Text;
        }

        return DifficultyRule.Judge(
            options?.Instructions ?? system, prompt, options?.ResponseFormat is ChatResponseFormatJson { Schema: not null }, options?.Tools is { Count: > 0 });
    }

    private static IReadOnlyList<string> Features(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        var (json, tools, vision) = (options?.ResponseFormat is ChatResponseFormatJson, options?.Tools is { Count: > 0 }, messages.Any(HasImage));
        if (!json && !tools && !vision) return [];
        var features = new List<string>(3);
        if (json) features.Add(ModelFacts.Json);
        if (tools) features.Add(ModelFacts.Tools);
        if (vision) features.Add(ModelFacts.Vision);
        return features;
    }

    private static bool HasImage(ChatMessage message)
    {
        foreach (var content in message.Contents)
        {
            if (content is DataContent data && data.HasTopLevelMediaType("image")) return true;
            if (content is UriContent uri && uri.HasTopLevelMediaType("image")) return true;
        }

        return false;
    }

    // A call with a name, such as a run of a plan, draws the same each time, so that a plan replays.
    private static double Draw(string id) =>
        id.Length > 0 ? new SeededRandom(new StableHash().Add(id).Value).NextDouble() : RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;

    private static string Why(PlannedTarget planned, RoutePlan plan, JudgedDifficulty? judged, string? failed)
    {
        var reason = planned.Reason;
        if (judged is not null) reason += $"; judged {(judged.Difficulty == PromptDifficulty.Easy ? "easy" : "hard")} by {judged.Reason}";
        if (plan.PassedOver.Count > 0) reason += "; passed over: " + string.Join(", ", plan.PassedOver);
        return failed is null ? reason : $"{reason}; failed: {failed}";
    }

    private static string Short(ModelCallException e) =>
        e.HttpStatus is { } status ? string.Create(CultureInfo.InvariantCulture, $"{e.ErrorType}, HTTP {status}") : e.ErrorType;

    private CallRefusedException Refusal(RoutePlan plan, string? failed, Exception? last)
    {
        var passed = string.Join(", ", plan.PassedOver);
        if (failed is null && !plan.IsAllDown) return new CallRefusedException(RefusalReason.NoRoute, $"{_route.Model}: no deployment fits the call: {passed}.");
        var each = failed is null ? passed : passed.Length == 0 ? failed : $"{failed}, {passed}";
        return new CallRefusedException(RefusalReason.AllDown, $"{_route.Model}: no deployment could answer: {each}.", last);
    }
}
