using System.CommandLine;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>Another offer than the one that was called.</summary>
internal sealed class WhatIfOptions
{
    private readonly Option<ModelKey?> _model = new("--as")
    {
        Description = "As if this model had been called, as in openai:gpt-4o: a preview, never stored.", CustomParser = OfferOptions.ReadModel,
    };

    private readonly Option<ServiceTier> _tier = OfferOptions.Names<ServiceTier>("--tier", "With --as: the service tier");
    private readonly Option<DeploymentType> _deployment = OfferOptions.Names<DeploymentType>("--deployment", "With --as: the Azure deployment type");
    private readonly Option<string?> _region = new("--region") { Description = "With --as: the Azure region, as in swedencentral." };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _model, _tier, _deployment, _region }) command.Options.Add(option);
    }

    /// <summary>The offer; null when no other one was named.</summary>
    /// <exception cref="InvalidOperationException">A part of an offer is given without its model.</exception>
    public Offer? Read(ParseResult parsed)
    {
        var (tier, deployment, region) = (parsed.GetValue(_tier), parsed.GetValue(_deployment), parsed.GetValue(_region));
        if (parsed.GetValue(_model) is { } model) return new Offer(model, tier, deployment, region);
        return tier == default && deployment == default && region is null
            ? null
            : throw new InvalidOperationException("--tier, --deployment and --region need --as: a call's own are in its record.");
    }
}
