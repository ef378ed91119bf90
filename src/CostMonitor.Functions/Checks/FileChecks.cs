using System.Globalization;
using Azure.Identity;
using CostMonitor.Core.Checks;
using CostMonitor.Core.Pricing;
using CostMonitor.Functions.AlertQueue;
using CostMonitor.Functions.AlertQueue.Sinks;
using CostMonitor.Functions.Setup;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Prices;

namespace CostMonitor.Functions.Checks;

/// <summary>Reads the settings and every file that they name as the app does, so that all of their faults are seen together and without storage. The CLI compiles this file too.</summary>
internal static class FileChecks
{
    private const int OldPriceDays = 90;

    private static readonly string[] Files = ["models", "prices", "plan", "budgets", "alert rules", "alert sinks"];

    /// <param name="setting">Gives the settings, without secrets that are not resolved.</param>
    /// <param name="time">The clock.</param>
    public static IReadOnlyList<Check> Run(Func<string, string?> setting, TimeProvider time)
    {
        AppSettings? settings = null;
        var first = Check.OfInput("settings", () =>
        {
            settings = AppSettings.Read(setting);
            return $"canary at '{settings.CanarySchedule}', {settings.CallsInFlight} calls in flight";
        });
        if (settings is null) return [first, .. Files.Select(static name => Check.Skipped(name, "the settings are faulty"))];

        ModelClients? models = null;
        try
        {
            return
            [
                first,
                Models(() => models = ModelsFile.Read(Path.Combine(settings.AppFolder, settings.ModelsFile), setting, time)),
                Prices(settings, () => models, time),
                models is { } known
                    ? Check.OfInput("plan", () => PlanFolder.ReadCanary(settings, known) is var plan ? $"{plan.Name}: {plan.Prompts.Count} prompts for {plan.Models.Count} models" : "")
                    : Check.Skipped("plan", "the models are faulty"),
                Check.OfInput("budgets", () => $"{BudgetsFile.Read(settings).Count} in the file"),
                Check.OfInput("alert rules", () => $"{RulesFile.Read(settings.AlertRulesFile).Count} in force"),
                Sinks(settings, setting, time),
            ];
        }
        finally
        {
            models?.Dispose();
        }
    }

    private static Check Models(Func<ModelClients> read)
    {
        IReadOnlyList<Problem> missing = [];
        var configured = 0;
        var check = Check.OfInput("models", () =>
        {
            var clients = read();
            var all = clients.Configuration.Models.Select(m => (m.Model, IsConfigured: clients.IsConfigured(m.Model, out var lacks), Lacks: lacks)).ToArray();
            configured = all.Count(static m => m.IsConfigured);
            missing = [.. all.Where(static m => !m.IsConfigured).Select(static m => new Problem(m.Model.ToString(), m.Lacks, ""))];
            return $"{configured} of {all.Length} can be called";
        });
        return check.Outcome != CheckOutcome.Fine || missing.Count == 0 ? check : Check.Remark(check.Name, check.Found, missing);
    }

    private static Check Prices(AppSettings settings, Func<ModelClients?> models, TimeProvider time)
    {
        var (today, problems) = (DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), new List<Problem>());
        var check = Check.OfInput("prices", () =>
        {
            var catalog = CatalogFolder.Read(settings.PricesFolder, settings.PriceOverlay, []);
            if (models() is not { } clients) return "read";
            var priced = new List<Price>();
            foreach (var model in clients.Configuration.Models.Where(m => clients.IsConfigured(m.Model, out _)))
            {
                if (catalog.Find(model.Offer, today) is { } price) priced.Add(price);
                else problems.Add(new Problem(model.Model.ToString(), "It has no price, so what it costs is unknown and no budget counts it.", "Import one ('costmon prices import') or write it into a file of PricesFolder."));
            }

            if (priced.Count == 0) return "no model that can be called has one";
            var oldest = priced.MinBy(static p => p.Checked) ?? priced[0];
            var age = today.DayNumber - oldest.Checked.DayNumber;
            if (age > OldPriceDays) problems.Add(new Problem(oldest.Model.ToString(), string.Create(CultureInfo.InvariantCulture, $"Its price was checked {age} days ago."), "Compare it with the provider's list ('costmon prices sync' for Azure)."));
            return string.Create(CultureInfo.InvariantCulture, $"{priced.Count} models priced, the oldest price checked {age} days ago");
        });
        return check.Outcome != CheckOutcome.Fine || problems.Count == 0 ? check : Check.Remark(check.Name, check.Found, problems);
    }

    private static Check Sinks(AppSettings settings, Func<string, string?> setting, TimeProvider time)
    {
        IReadOnlyList<Problem> missing = [];
        var check = Check.OfInput("alert sinks", () =>
        {
            var sinks = SinksFile.Read(settings.AlertSinksFile, setting, static () => new DefaultAzureCredential(), time, monitor: null);
            missing = [.. sinks.NotConfigured.Select(static s => new Problem($"sink {s.Name}", s.Missing, ""))];
            return string.Join(", ", sinks.All.Select(static s => s.Sink.Name).Append(AlertSinks.Monitor));
        });
        return check.Outcome != CheckOutcome.Fine || missing.Count == 0 ? check : Check.Remark(check.Name, check.Found, missing);
    }
}
