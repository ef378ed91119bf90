using CostMonitor.LedgerWorker;
using CostMonitor.Storage.Tests.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Budgets;

/// <summary>200 calls at once by 8 processes against $10.00. The benchmark 'hardcap' does it for twenty seeds, and with the lease that is usual.</summary>
[Collection(AzuriteGroup.Name)]
public sealed class HardCapTests(AzuriteFixture azurite)
{
    [Theory]
    [InlineData(101, 0, false)]
    [InlineData(102, 0, true)]
    [InlineData(103, 3, false)]
    [InlineData(104, 3, true)]
    public async Task AdmitAsync_GivenEightProcesses_HoldsTheLimitAtAnyMomentAndUsesIt(int seed, int killed, bool countsUnconfirmed)
    {
        var worker = new WorkerPlan
        {
            ConnectionString = azurite.Server.ConnectionString, Worker = "", BudgetId = $"cap-{seed}", LimitUsd = 10, CountsUnconfirmed = countsUnconfirmed, LeaseMs = 10_000, SkewMs = 1_000,
        };
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));

        var report = await HardCapRun.RunAsync(new HardCapPlan { Worker = worker, Killed = killed, Seed = seed }, isSampled: true, limit.Token);

        Assert.Empty(report.Faults(worker, killed));
        if (killed == 0) Assert.Equal(200, report.Paid + report.Refused);
    }
}
