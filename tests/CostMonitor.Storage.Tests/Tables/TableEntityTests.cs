using System.Buffers;
using System.Text;
using CostMonitor.Storage.Tables;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CostMonitor.Storage.Tests.Tables;

public sealed class TableEntityTests
{
    private static readonly Gen<object> Values = Gen.OneOf(
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => (object)Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(s.Get))),
        ArbMap.Default.GeneratorFor<int>().Select(v => (object)v),
        ArbMap.Default.GeneratorFor<long>().Select(v => (object)v),
        ArbMap.Default.GeneratorFor<double>().Select(v => (object)v),
        ArbMap.Default.GeneratorFor<bool>().Select(v => (object)v),
        ArbMap.Default.GeneratorFor<Guid>().Select(v => (object)v),
        ArbMap.Default.GeneratorFor<DateTimeOffset>().Select(v => (object)v.ToUniversalTime()),
        ArbMap.Default.GeneratorFor<byte[]>().Select(v => (object)v));

    [Fact]
    public void Json_GivenAnyValues_IsReadBackAsWritten() =>
        Prop.ForAll(Values.ArrayOf().ToArbitrary(), values =>
        {
            var entity = new TableEntity("p'\"", "r");
            for (var i = 0; i < values.Length; i++) entity[$"P{i}"] = values[i];
            var buffer = new ArrayBufferWriter<byte>();
            TableEntityWriter.Write(buffer, entity);
            return TableEntityReader.ReadOne(buffer.WrittenSpan).HasSameContent(entity);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Write_GivenEachType_SaysTheTypesThatJsonLacks()
    {
        var entity = new TableEntity("p", "r")
        {
            ["S"] = "x",
            ["I"] = 1,
            ["L"] = 1L,
            ["D"] = 1.0,
            ["B"] = true,
            ["X"] = new byte[] { 1 },
            ["T"] = DateTimeOffset.UnixEpoch,
            ["G"] = Guid.Empty,
        };
        var buffer = new ArrayBufferWriter<byte>();

        TableEntityWriter.Write(buffer, entity);

        Assert.Equal(
            """
            {"PartitionKey":"p","RowKey":"r","S":"x","I":1,"L@odata.type":"Edm.Int64","L":"1","D@odata.type":"Edm.Double","D":1.0,"B":true,
            "X@odata.type":"Edm.Binary","X":"AQ==","T@odata.type":"Edm.DateTime","T":"1970-01-01T00:00:00.0000000Z",
            "G@odata.type":"Edm.Guid","G":"00000000-0000-0000-0000-000000000000"}
            """.Replace("\n", "", StringComparison.Ordinal),
            Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    [Fact]
    public void ReadMany_GivenRowsOfDifferentShape_KeepsTheirNamesApart()
    {
        var rows = TableEntityReader.ReadMany("""{"value":[{"RowKey":"1","A":1,"B":null},{"RowKey":"2","B":2.5,"A":3},{"C":4,"RowKey":"3"}]}"""u8);

        Assert.Equal(["1", "2", "3"], rows.Select(r => r.RowKey));
        Assert.Equal("A=1 | B=2.5,A=3 | C=4", string.Join(" | ", rows.Select(r => string.Join(',', r.Properties.Select(p => $"{p.Key}={p.Value}")))));
    }

    [Fact]
    public void Item_GivenATypeThatTablesLack_Throws()
    {
        var entity = new TableEntity("p", "r");

        var e = Assert.Throws<ArgumentException>(() => entity["Cost"] = 1.5m);

        Assert.StartsWith("Property 'Cost' is a Decimal; a table stores string, int,", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Getters_GivenAnotherType_SayWhereAndWhat()
    {
        var entity = new TableEntity("p", "r") { ["N"] = 1 };

        var e = Assert.Throws<InvalidOperationException>(() => entity.GetInt64("N"));

        Assert.Equal("GetInt64: property 'N' of ('p', 'r') is a Int32.", e.Message);
        Assert.Throws<InvalidOperationException>(() => entity.GetString("N"));
        Assert.Equal(1.0, entity.GetDouble("N"));
    }

    [Fact]
    public void Getters_GivenAnAbsentProperty_SayNull()
    {
        var entity = new TableEntity("p", "r") { ["A"] = 1 };

        entity["A"] = null;

        Assert.Null(entity.GetInt32("A"));
        Assert.Null(entity.GetBinary("A"));
        Assert.Empty(entity.Properties);
    }
}
