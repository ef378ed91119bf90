using System.Text;
using System.Text.Json;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Repricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Tests.Runs;

namespace CostMonitor.Core.Tests.Pricing.Repricing;

public sealed class PriceChangeTests
{
    private static readonly PriceChangeId Id = PriceChangeId.Parse("c20261121t093000a1b2c3d4");

    [Fact]
    public void ToString_GivenAnInstantAndANumber_IsTheirId() =>
        Assert.Equal("c20261121t0930000000002a", new PriceChangeId(new DateTimeOffset(2026, 11, 21, 10, 30, 0, 500, TimeSpan.FromHours(1)), 42).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("c20261121t093000a1b2c3d")]
    [InlineData("c20261121t093000A1B2C3D4")]
    [InlineData("c20261121t093000a1b2c3dg")]
    [InlineData("c20261321t093000a1b2c3d4")]
    [InlineData("d20261121t093000a1b2c3d4")]
    public void TryParse_GivenNoId_SaysSo(string text) => Assert.False(PriceChangeId.TryParse(text, out _));

    [Fact]
    public void Write_GivenAChangedRecord_KeepsTheHistoryBesideTheCost()
    {
        var run = Records.Plain(3) with
        {
            Cost = CallCost.Known(new Usd(0.0050m), "may"),
            PriceChanges = [new PriceChange(Id, Records.Start, PriceChangeKind.Fill, CallCost.Unknown("No price."), "ann")],
        };

        Assert.Contains(
            """
            "costUsd":0.0050,"pricingLabel":"may","priceChanges":[{"id":"c20261121t093000a1b2c3d4","at":"2026-05-01T12:00:00Z","kind":"fill","by":"ann","before":{"costUsd":null,"unpricedReason":"No price."}}],"checks"
            """.Trim(), Written(json => RunJson.Write(json, run)), StringComparison.Ordinal);
    }

    [Fact]
    public void WriteWithCost_GivenAStoredRecord_KeepsEveryOtherByte()
    {
        const string stored = """{"id":"b.000001","new":{"a": [1.50, "\u00e9"]},"costUsd":null,"unpricedReason":"No price.","priceChanges":[],"z":1e3}""";
        var run = Records.Plain(1) with { Cost = CallCost.Known(new Usd(1.0m), "l") };

        var written = Written(json => RunJson.WriteWithCost(json, JsonElement.Parse(stored), run));

        Assert.Equal("""{"id":"b.000001","new":{"a": [1.50, "\u00e9"]},"costUsd":1.0,"pricingLabel":"l","z":1e3}""", written);
    }

    [Fact]
    public void Read_GivenAHeadThatWasWritten_GivesItBack()
    {
        var head = new PriceChangeHead
        {
            Id = Id,
            At = Records.Start,
            By = "ann, ticket 7",
            State = PriceChangeState.Applied,
            Prices = "abc",
            Outcome = new RepricingRow(3, 2, new CostSum(new Usd(0.1m), 1), new CostSum(new Usd(0.25m), 0)),
            Request = new RepricingRequest
            {
                Kind = PriceChangeKind.Reprice, From = Records.Start, Before = Records.Start.AddDays(1), Batch = new BatchId("b"), Label = "may",
                As = new Offer(ModelKey.Parse("sim:a"), ServiceTier.Batch), Reverts = Id,
            },
        };

        Assert.Equal(head, PriceChangeHeadJson.Read(JsonElement.Parse(Written(json => PriceChangeHeadJson.Write(json, head)))));
        Assert.Equal("reprice the calls of the batch b from 2026-05-01T12:00:00Z to 2026-05-02T12:00:00Z under the label may as sim:a, batch", head.Request.ToString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"id":"c20261121t093000a1b2c3d4","at":"2026-05-01T12:00:00Z","state":"done","request":{"kind":"fill"}}""")]
    public void Read_GivenNoHead_ThrowsAFormatException(string json) => Assert.Throws<FormatException>(() => PriceChangeHeadJson.Read(JsonElement.Parse(json)));

    private static string Written(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) write(json);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
