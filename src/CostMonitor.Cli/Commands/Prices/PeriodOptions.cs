using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CostMonitor.Core.Pricing.Repricing;
using CostMonitor.Core.Runs;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>Which of the stored runs are meant.</summary>
internal sealed class PeriodOptions
{
    private readonly Option<DateTimeOffset?> _from = new("--from")
    {
        Description = "The first start of a call, as 2026-11-21 or 2026-11-21T09:00:00Z, UTC.", CustomParser = Instant,
    };

    private readonly Option<DateTimeOffset?> _to = new("--to") { Description = "The end of the period, exclusive, written as --from.", CustomParser = Instant };
    private readonly Option<string?> _batch = new("--batch") { Description = "Only the runs of one batch." };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _from, _to, _batch }) command.Options.Add(option);
    }

    /// <exception cref="InvalidOperationException">The period is empty.</exception>
    /// <exception cref="FormatException">The batch is no batch id.</exception>
    public RepricingRequest Read(ParseResult parsed, PriceChangeKind kind)
    {
        var (from, to) = (parsed.GetValue(_from), parsed.GetValue(_to));
        if (from >= to) throw new InvalidOperationException("--from must be earlier than --to.");
        return new RepricingRequest
        {
            Kind = kind, From = from, Before = to, Batch = parsed.GetValue(_batch) is { } batch ? new BatchId(batch) : null,
        };
    }

    private static DateTimeOffset? Instant(ArgumentResult result)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        string[] forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        if (DateTimeOffset.TryParseExact(result.Tokens[0].Value, forms, CultureInfo.InvariantCulture, utc, out var instant)) return instant;
        result.AddError($"Expected a day or a time as 2026-11-21 or 2026-11-21T09:00:00Z, got '{result.Tokens[0].Value}'.");
        return null;
    }
}
