using System.Globalization;
using CostMonitor.Core.Runs;

namespace CostMonitor.Bench;

/// <summary>A process that makes one call and prints its TTFT and whole time in milliseconds.</summary>
internal static class FirstCall
{
    public static async Task<int> RunAsync(string endpoint, bool warm)
    {
        using var clients = Models.Clients(endpoint);
        if (warm) await clients.WarmAsync([Models.Key], CancellationToken.None);
        var outcome = await clients.CompleteAsync(Models.Request("first"), CancellationToken.None);
        if (outcome is RunOutcome.Failed failed) throw new InvalidOperationException(failed.Message);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcome.Timings.FirstToken?.TotalMilliseconds} {outcome.Timings.EndToEnd.TotalMilliseconds}"));
        return 0;
    }
}
