using CostMonitor.Core.Calling;

namespace CostMonitor.Core.Tests.Calling;

public sealed class RetryBudgetTests
{
    [Fact]
    public void TryTake_GivenAFreshBudget_AllowsItsReserveAndNoMore()
    {
        var budget = new RetryBudget(reserve: 3);

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => budget.TryTake()));
        Assert.Equal(0, budget.Left);
    }

    [Fact]
    public void TryTake_GivenAThousandCallsThatAllFail_AllowsATenthOfThemBeyondTheReserve()
    {
        var budget = new RetryBudget();
        var taken = 0;

        for (var i = 0; i < 1000; i++)
        {
            budget.Called();
            if (budget.TryTake()) taken++;
        }

        // The 50 of the reserve and 0.1 each; the first call adds nothing to a bucket that is full, and 0.9 of a retry stay in it.
        Assert.Equal(149, taken);
    }

    [Fact]
    public void Called_GivenTenCalls_AddsOneRetry()
    {
        var budget = new RetryBudget(reserve: 1);
        budget.TryTake();

        for (var i = 0; i < 9; i++) budget.Called();
        var before = budget.TryTake();
        budget.Called();

        Assert.Equal((false, 1L, true, false), (before, budget.Left, budget.TryTake(), budget.TryTake()));
    }

    [Fact]
    public void Called_GivenAFullBucket_DoesNotOverflowIt()
    {
        var budget = new RetryBudget(share: 1, reserve: 2);

        for (var i = 0; i < 100; i++) budget.Called();

        Assert.Equal(2, budget.Left);
    }

    [Fact]
    public void TryTake_GivenNoShareAndNoReserve_AllowsNone()
    {
        var budget = new RetryBudget(share: 0, reserve: 0);
        budget.Called();

        Assert.False(budget.TryTake());
    }

    [Theory]
    [InlineData(-0.1, 1)]
    [InlineData(1.1, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(0.1, -1)]
    public void Constructor_GivenAFigureOutOfItsRange_Throws(double share, int reserve) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryBudget(share, reserve));

    [Fact]
    public void TryTake_GivenManyThreads_GivesEachRetryOnce()
    {
        var budget = new RetryBudget(share: 0, reserve: 10_000);
        var taken = 0;

        Parallel.For(0, 40_000, _ =>
        {
            budget.Called();
            if (budget.TryTake()) Interlocked.Increment(ref taken);
        });

        Assert.Equal((10_000, 0L), (taken, budget.Left));
    }
}
