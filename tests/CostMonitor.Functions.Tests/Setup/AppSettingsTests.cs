using CostMonitor.Core.Input;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.Tests.Setup;

public sealed class AppSettingsTests
{
    [Fact]
    public void Read_GivenTheScheduleAlone_TakesTheDefaults()
    {
        var settings = AppSettings.Read(name => name == "CanarySchedule" ? "0 0 * * * *" : null);

        Assert.Equal(("samples/canary.json", "samples/models.json"), (settings.CanaryPlan, settings.ModelsFile));
        Assert.Equal((64, TimeSpan.FromSeconds(30)), (settings.CallsInFlight, settings.ClaimLease));
        Assert.Equal(AppContext.BaseDirectory, settings.AppFolder);
        Assert.Null(settings.BudgetsFile);
    }

    [Fact]
    public void Read_GivenSeveralFaults_NamesThemAllWithWhatIsExpected()
    {
        var values = new Dictionary<string, string> { ["CanarySchedule"] = "0 * * * *", ["CallsInFlight"] = "0", ["ClaimLease"] = "1 minute" };

        var failure = Assert.Throws<InputException>(() => AppSettings.Read(values.GetValueOrDefault));

        Assert.Equal(
            [
                "setting CanarySchedule: Expected six NCrontab fields (second minute hour day month weekday), as in '0 0 * * * *', got '0 * * * *'.",
                "setting CallsInFlight: Expected a whole number from 1 to 1000, got '0'.",
                "setting ClaimLease: Expected a time span from 00:00:01 to 00:10:00, got '1 minute'.",
            ],
            failure.Faults.Select(f => f.ToString()));
    }

    [Theory]
    [InlineData("CallsInFlight", "1001")]
    [InlineData("CallsInFlight", "-1")]
    [InlineData("CallsInFlight", "1.5")]
    [InlineData("ClaimLease", "00:00:00.5")]
    [InlineData("ClaimLease", "00:10:01")]
    [InlineData("ClaimLease", "30")] // thirty days, to TimeSpan
    public void Read_GivenAValueOutOfRange_NamesIt(string name, string value)
    {
        var failure = Assert.Throws<InputException>(() => AppSettings.Read(n => n == name ? value : n == "CanarySchedule" ? "0 0 * * * *" : null));

        Assert.Equal(name, Assert.Single(failure.Faults).Path);
    }
}
