using System.Globalization;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Input;
using CostMonitor.Functions.AlertQueue;
using CostMonitor.Providers.Prices;
using NCrontab;

namespace CostMonitor.Functions.Setup;

/// <summary>The app's settings, read once from its environment as the Functions host sets it.</summary>
internal sealed record AppSettings
{
    /// <summary>Where the published app lies: plans, prompts and models are found from here.</summary>
    public required string AppFolder { get; init; }

    /// <summary><c>CanarySchedule</c>: when the canary runs, six fields of NCrontab in UTC.</summary>
    public required CrontabSchedule CanarySchedule { get; init; }

    /// <summary><c>CanaryPlan</c>: the plan's file; samples/canary.json if not set.</summary>
    public required string CanaryPlan { get; init; }

    /// <summary><c>ModelsFile</c>: the models' file; samples/models.json if not set.</summary>
    public required string ModelsFile { get; init; }

    /// <summary><c>BudgetsFile</c>: the budgets' file, which must be there; null if not set: then samples/budgets.json, if there is one.</summary>
    public required string? BudgetsFile { get; init; }

    /// <summary><c>PricesFolder</c>: a folder of price files, each instead of the built-in one of its provider; null if not set.</summary>
    public required string? PricesFolder { get; init; }

    /// <summary><c>PriceOverlay</c>: a file of discounts over the list prices; null if not set.</summary>
    public required string? PriceOverlay { get; init; }

    /// <summary><c>AzurePrices</c>: the address of Azure's price list; the public one if not set.</summary>
    public required Uri AzurePrices { get; init; }

    /// <summary><c>AlertRulesFile</c>: a file of alert rules over the built-in ones; null if not set.</summary>
    public string? AlertRulesFile { get; init; }

    /// <summary><c>CallsInFlight</c>: the most calls that batches may have open at once in one process: 1 to 1,000; 64 if not set.</summary>
    public required int CallsInFlight { get; init; }

    /// <summary><c>ClaimLease</c>: how long a dead worker keeps a chunk: 1 second to 10 minutes; 30 seconds if not set.</summary>
    public required TimeSpan ClaimLease { get; init; }

    /// <summary><c>CachedOnly</c>, <c>MaxOutputTokens</c> and <c>CacheTtlFactor</c>: the levers of an emergency; none is pulled if not set.</summary>
    public required CallLevers Levers { get; init; }

    /// <summary><c>AlertSinksFile</c>: where alerts are sent; null if not set, which leaves Azure Monitor alone.</summary>
    public string? AlertSinksFile { get; init; }

    /// <summary><c>AlertProof</c>: weekly or off; weekly if not set.</summary>
    public AlertProofing AlertProof { get; init; }

    /// <summary><c>DashboardUrl</c>: where alerts link to; null if not set.</summary>
    public Uri? DashboardUrl { get; init; }

    /// <exception cref="InputException">All faulty settings.</exception>
    public static AppSettings Read(Func<string, string?> setting)
    {
        var faults = new InputFaults();
        var schedule = CrontabSchedule.TryParse(setting("CanarySchedule") ?? "", new CrontabSchedule.ParseOptions { IncludingSeconds = true });
        if (schedule is null)
        {
            Fault("CanarySchedule", "six NCrontab fields (second minute hour day month weekday), as in '0 0 * * * *'");
            schedule = CrontabSchedule.Parse("0 0 * * *");
        }

        var calls = 64;
        if (setting("CallsInFlight") is { Length: > 0 } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out calls) || calls is < 1 or > 1000))
        {
            Fault("CallsInFlight", "a whole number from 1 to 1000");
        }

        var lease = TimeSpan.FromSeconds(30);
        if (setting("ClaimLease") is { Length: > 0 } span
            && (!TimeSpan.TryParse(span, CultureInfo.InvariantCulture, out lease) || lease < TimeSpan.FromSeconds(1) || lease > TimeSpan.FromMinutes(10)))
        {
            Fault("ClaimLease", "a time span from 00:00:01 to 00:10:00");
        }

        Uri? list = RetailPricesClient.DefaultAddress;
        if (setting("AzurePrices") is { Length: > 0 } address && (!Uri.TryCreate(address, UriKind.Absolute, out list) || list.Scheme is not ("http" or "https")))
        {
            Fault("AzurePrices", "an address, as in https://prices.azure.com/");
        }

        var levers = ReadLevers(setting, Fault);
        var proof = AlertProofing.Weekly;
        if (setting("AlertProof") is { Length: > 0 } proofing && !EnumNames.TryParse(proofing, out proof)) Fault("AlertProof", EnumNames.All<AlertProofing>());
        Uri? dashboard = null;
        if (setting("DashboardUrl") is { Length: > 0 } link && (!Uri.TryCreate(link, UriKind.Absolute, out dashboard) || dashboard.Scheme is not ("http" or "https")))
        {
            Fault("DashboardUrl", "an address, as in https://my-app.azurewebsites.net/dashboard");
        }

        faults.ThrowIfAny();
        var folder = setting("FUNCTIONS_APP_ROOT_PATH") is { Length: > 0 } root ? root : AppContext.BaseDirectory;
        return new AppSettings
        {
            AppFolder = folder,
            CanarySchedule = schedule,
            CanaryPlan = setting("CanaryPlan") ?? "samples/canary.json",
            ModelsFile = setting("ModelsFile") ?? "samples/models.json",
            BudgetsFile = setting("BudgetsFile") is { Length: > 0 } budgets ? budgets : null,
            PricesFolder = setting("PricesFolder") is { Length: > 0 } prices ? Path.Combine(folder, prices) : null,
            PriceOverlay = setting("PriceOverlay") is { Length: > 0 } overlay ? Path.Combine(folder, overlay) : null,
            AzurePrices = list ?? RetailPricesClient.DefaultAddress,
            AlertRulesFile = setting("AlertRulesFile") is { Length: > 0 } rules ? Path.Combine(folder, rules) : null,
            CallsInFlight = calls,
            ClaimLease = lease,
            Levers = levers,
            AlertSinksFile = setting("AlertSinksFile") is { Length: > 0 } sinks ? Path.Combine(folder, sinks) : null,
            AlertProof = proof,
            DashboardUrl = dashboard,
        };

        void Fault(string name, string expected) => faults.Add("setting", name, $"Expected {expected}, got '{setting(name)}'.");
    }

    private static CallLevers ReadLevers(Func<string, string?> setting, Action<string, string> fault)
    {
        var (cachedOnly, most, factor) = (false, 0, 1.0);
        if (setting("CachedOnly") is { Length: > 0 } flag && !bool.TryParse(flag, out cachedOnly)) fault("CachedOnly", "true or false");
        if (setting("MaxOutputTokens") is { Length: > 0 } tokens && (!int.TryParse(tokens, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most < 1))
        {
            fault("MaxOutputTokens", "a whole number from 1");
        }

        if (setting("CacheTtlFactor") is { Length: > 0 } times
            && (!double.TryParse(times, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out factor) || factor is not (>= 1 and <= 1000)))
        {
            fault("CacheTtlFactor", "a number from 1 to 1000");
        }

        return new CallLevers { CachedOnly = cachedOnly, MaxOutputTokens = most == 0 ? null : most, CacheTtlFactor = factor };
    }
}
