using System.Diagnostics;
using System.Globalization;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Bench;

/// <summary>How many calls a second one core prices, what each allocates, and how long the built-in catalog takes to load.</summary>
internal static class PricingBench
{
    private const int Calls = 10_000_000;

    private static readonly DateTimeOffset Day = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static void Run()
    {
        var catalog = PriceCatalog.BuiltIn;
        var (calls, models) = Mixed(catalog);
        Measure(catalog, calls, calls.Length); // finds each name once, and compiles
        Measure(catalog, calls, Calls);
        var rates = new List<double>();
        var allocated = 0.0;
        for (var i = 0; i < 5; i++)
        {
            var (seconds, bytes) = Measure(catalog, calls, Calls);
            rates.Add(Calls / seconds);
            allocated = bytes / (double)Calls;
        }

        Console.WriteLine();
        Figures.Print($"(e) CostOf: {Figures.Median(rates) / 1e6:0.0} million calls a second on one core (lowest of {rates.Count}: {rates.Min() / 1e6:0.0}), {allocated:0.00} bytes allocated a call; {calls.Length} calls over {models} names, mixed classes.");
        Figures.Print($"(f) Loading the built-in catalog of {catalog.Models.Count} models and {catalog.Prices.Count()} rows: median of 20 after one {Figures.Median(LoadTimes().Skip(1)):0.0} ms; first in a fresh process {Figures.Median(FreshTimes()):0.0} ms (median of 5).");
    }

    /// <summary>The child process: prints the milliseconds of a first load.</summary>
    public static int LoadOnce()
    {
        var start = Stopwatch.GetTimestamp();
        var models = PriceCatalog.BuiltIn.Models.Count;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.000} {models}"));
        return 0;
    }

    private static (Call[] Calls, int Names) Mixed(PriceCatalog catalog)
    {
        var names = catalog.Models.SelectMany(m => m.Aliases.Concat(m.Patterns.Select(p => p.Text.Replace("{date}", "2026-08-06", StringComparison.Ordinal).Replace("*", "x", StringComparison.Ordinal)))
            .Select(n => (Model: m, Name: n)).Prepend((Model: m, Name: m.Key.Model))).Where(n => n.Model.Find(ServiceTier.Standard, DeploymentType.None, null, DateOnly.FromDateTime(Day.UtcDateTime)) is not null).ToArray();
        TokenUsage[] usages =
        [
            new() { Input = 1_000, Output = 200 }, new() { Input = 900, CachedInput = 3_000, Output = 400 },
            new() { Input = 300, Output = 100, Reasoning = 700 }, new() { Input = 50, CachedInput = 20_000, Output = 30, Reasoning = 10 },
        ];
        return ([.. from name in names
                    from usage in usages
                    let key = new ModelKey(name.Model.Key.Provider, name.Name)
                    where catalog.CostOf(new Offer(key), null, usage, Day).Amount is not null
                    select new Call(new Offer(key), name.Model.Key.Model, usage)], names.Length);
    }

    private static (double Seconds, long Bytes) Measure(PriceCatalog catalog, Call[] calls, int count)
    {
        var (sum, at, allocated, start) = (0m, 0, GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        for (var i = 0; i < count; i++)
        {
            ref readonly var call = ref calls[at];
            if (++at == calls.Length) at = 0;
            sum += catalog.CostOf(call.Offer, call.AnsweredBy, call.Usage, Day).Amount?.Amount ?? 0;
        }

        var (seconds, bytes) = (Stopwatch.GetElapsedTime(start).TotalSeconds, GC.GetAllocatedBytesForCurrentThread() - allocated);
        return sum > 0 ? (seconds, bytes) : throw new InvalidOperationException("The calls cost nothing.");
    }

    private static IEnumerable<double> LoadTimes()
    {
        for (var i = 0; i < 21; i++)
        {
            var start = Stopwatch.GetTimestamp();
            PriceFile.ParseAll(PriceCatalog.BuiltInFiles());
            yield return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    private static IEnumerable<double> FreshTimes()
    {
        for (var i = 0; i < 5; i++)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath ?? throw new InvalidOperationException("This process has no path."), "load-prices") { RedirectStandardOutput = true };
            using var process = Process.Start(start) ?? throw new InvalidOperationException("The child did not start.");
            yield return double.Parse(process.StandardOutput.ReadToEnd().Split(' ')[0], CultureInfo.InvariantCulture);
            process.WaitForExit();
        }
    }

    private readonly record struct Call(Offer Offer, string AnsweredBy, TokenUsage Usage);
}
