namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>Makes changes of stored costs, each with its line in the audit: first that it begins, then the runs, then what came of it.</summary>
public sealed class PriceChangeRun(IRunCosts costs, PriceCatalog catalog, TimeProvider time)
{
    /// <summary>What a request would do.</summary>
    public Task<RepricingReport> PreviewAsync(RepricingRequest request, CancellationToken cancellationToken) =>
        costs.ChangeAsync(new CostChange(RuleOf(request), request, null), cancellationToken);

    /// <summary>Does what a request asks for.</summary>
    /// <exception cref="InvalidOperationException">The request can only be looked at.</exception>
    public Task<(PriceChangeHead Head, RepricingReport Report)> ApplyAsync(RepricingRequest request, string by, CancellationToken cancellationToken)
    {
        if (request.IsPreviewOnly) throw new InvalidOperationException("A call that was made with one model is never stored at the price of another: leave out --apply.");
        var now = time.GetUtcNow();
        var head = new PriceChangeHead
        {
            Id = PriceChangeId.New(now),
            At = now,
            By = by,
            Request = request,
            Prices = request.Kind == PriceChangeKind.Revert ? null : catalog.Fingerprint(),
        };
        return DoAsync(head, cancellationToken);
    }

    /// <summary>Ends a change that broke off; one that is done already is left as it is.</summary>
    /// <exception cref="InvalidOperationException">There is no such change, or it began with other prices.</exception>
    public async Task<(PriceChangeHead Head, RepricingReport Report)> ResumeAsync(PriceChangeId id, CancellationToken cancellationToken)
    {
        var head = await FindAsync(id, cancellationToken);
        if (head.Prices is { } prices && prices != catalog.Fingerprint())
        {
            throw new InvalidOperationException($"{id} began with other prices than these; name the same --catalog and --overlay, or revert it.");
        }

        return head.State == PriceChangeState.Applying ? await DoAsync(head, cancellationToken) : (head, RepricingReport.Of(head.Outcome ?? default));
    }

    /// <summary>The request that takes a change back.</summary>
    /// <exception cref="InvalidOperationException">There is no such change.</exception>
    public async Task<RepricingRequest> RevertOfAsync(PriceChangeId id, CancellationToken cancellationToken) =>
        (await FindAsync(id, cancellationToken)).Request with { Kind = PriceChangeKind.Revert, Reverts = id, Label = null, As = null };

    private async Task<(PriceChangeHead, RepricingReport)> DoAsync(PriceChangeHead head, CancellationToken cancellationToken)
    {
        await costs.Changes.WriteAsync(head, cancellationToken);
        var report = await costs.ChangeAsync(new CostChange(RuleOf(head.Request), head.Request, head), cancellationToken);
        head = head with { State = PriceChangeState.Applied, Outcome = report.Total };
        await costs.Changes.WriteAsync(head, cancellationToken);
        if (head.Request.Reverts is { } reverted && report.ChangedSince == 0)
        {
            await costs.Changes.WriteAsync(await FindAsync(reverted, cancellationToken) with { State = PriceChangeState.Reverted }, cancellationToken);
        }

        return (head, report);
    }

    private async Task<PriceChangeHead> FindAsync(PriceChangeId id, CancellationToken cancellationToken) =>
        (await costs.Changes.ListAsync(cancellationToken)).FirstOrDefault(c => c.Id == id) ?? throw new InvalidOperationException($"There is no price change {id} here.");

    private ICostRule RuleOf(RepricingRequest request) => request.Reverts is { } id ? new Reverter(id) : new Repricer(catalog, request);
}
