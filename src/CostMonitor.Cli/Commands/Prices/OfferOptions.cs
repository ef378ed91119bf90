using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>What is bought, and when, as commands take it.</summary>
internal sealed class OfferOptions
{
    private readonly Argument<ModelKey?> _model = new("model") { Description = "provider:model, as in openai:gpt-4o.", Arity = ArgumentArity.ZeroOrOne, CustomParser = ReadModel };
    private readonly Option<ServiceTier> _tier = Names<ServiceTier>("--tier", "The service tier");
    private readonly Option<DeploymentType> _deployment = Names<DeploymentType>("--deployment", "The Azure deployment type");
    private readonly Option<string?> _region = new("--region") { Description = "The Azure region, as in swedencentral." };
    private readonly Option<DateOnly?> _day = new("--day") { Description = "The day in UTC, as 2026-11-21; today if not given.", CustomParser = ReadDay };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_model);
        foreach (Option option in new Option[] { _tier, _deployment, _region, _day }) command.Options.Add(option);
    }

    public Offer Read(ParseResult parsed) => new(
        parsed.GetValue(_model) ?? throw new InvalidOperationException("Name a model, as in openai:gpt-4o."), parsed.GetValue(_tier), parsed.GetValue(_deployment), parsed.GetValue(_region));

    public DateOnly Day(ParseResult parsed) => parsed.GetValue(_day) ?? DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    internal static Option<T> Names<T>(string name, string what)
        where T : struct, Enum => new(name)
        {
            Description = $"{what}: {EnumNames.All<T>()}.",
            DefaultValueFactory = _ => default,
            CustomParser = result =>
            {
                if (EnumNames.TryParse(result.Tokens[0].Value, out T value)) return value;
                result.AddError($"Expected one of {EnumNames.All<T>()}, got '{result.Tokens[0].Value}'.");
                return default;
            },
        };

    internal static ModelKey? ReadModel(ArgumentResult result)
    {
        if (result.Tokens is not [var token]) return null;
        if (ModelKey.TryParse(token.Value, out var key)) return key;
        result.AddError($"Expected provider:model, as in openai:gpt-4o, got '{token.Value}'.");
        return null;
    }

    public static DateOnly? ReadDay(ArgumentResult result)
    {
        if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        result.AddError($"Expected a day as yyyy-MM-dd, got '{result.Tokens[0].Value}'.");
        return null;
    }
}
