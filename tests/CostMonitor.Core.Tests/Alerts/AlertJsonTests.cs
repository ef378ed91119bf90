using CostMonitor.Core.Alerts;

namespace CostMonitor.Core.Tests.Alerts;

public sealed class AlertJsonTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 9, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Read_GivenWhatWasWritten_GivesTheSameAlert()
    {
        var alert = new Alert
        {
            Key = new AlertKey("budget:a", "2026-11", "threshold-80"), Severity = AlertSeverity.Critical, At = At.AddTicks(1), Title = "\"a\"\n<b>", Text = "",
            Facts = [new AlertFact("Spent", "$1"), new AlertFact("", "")],
        };

        var read = AlertJson.Read(AlertJson.Text(alert));

        Assert.Equal(alert with { Facts = [] }, read with { Facts = [] });
        Assert.Equal(alert.Facts, read.Facts);
    }

    [Fact]
    public void ReadDeliveries_GivenWhatWasWritten_GivesTheSame()
    {
        AlertDelivery[] deliveries =
        [
            new() { Notice = AlertNotice.Recovered, Sink = "a", State = DeliveryState.Sending, Since = At, First = At.AddSeconds(-1), Due = At.AddMinutes(1), By = "me", Attempts = 2, Error = "down" },
            new() { Notice = AlertNotice.Firing, Sink = "b", State = DeliveryState.Delivered, Since = At, Attempts = 1 },
        ];

        Assert.Equal(deliveries, AlertJson.ReadDeliveries(AlertJson.Text(deliveries)));
    }
}
