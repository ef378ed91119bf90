using CostMonitor.Core.Input;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Input;

public sealed class CsvReaderTests
{
    [Theory]
    [InlineData("a,b\nc,d\n", "1:a|b;2:c|d")]
    [InlineData("a,b\r\nc,d\r\n", "1:a|b;2:c|d")]
    [InlineData("a,b\nc,d", "1:a|b;2:c|d")] // RFC 4180, 2.2: the last line end may be missing
    [InlineData("\uFEFFa,b", "1:a|b")]
    [InlineData("a,,c\n,\n", "1:a||c;2:|")]
    [InlineData("a,\"\"", "1:a|")]
    [InlineData("\"a,b\",c", "1:a,b|c")]
    [InlineData("\"say \"\"hi\"\"\",c", "1:say \"hi\"|c")]
    [InlineData("\"\"\"\"", "1:\"")]
    [InlineData(" a , b ", "1: a | b ")] // 2.4: spaces are part of a field
    [InlineData("a\rb,c", "1:a\rb|c")]
    [InlineData("a\n\n\nb", "1:a;4:b")]
    [InlineData("", "")]
    public void Read_GivenRfc4180_SplitsRecordsAndFields(string csv, string expected)
    {
        var (records, faults) = Read(csv);

        Assert.Empty(faults);
        Assert.Equal(expected, string.Join(';', records.Select(r => $"{r.Line}:{string.Join('|', r.Fields)}")));
    }

    [Fact]
    public void Read_GivenLineEndsInQuotes_KeepsThemAndCountsTheirLines()
    {
        var (records, _) = Read("h\n\"one\ntwo\r\nthree\",x\nlast,y\n");

        Assert.Equal("one\ntwo\r\nthree", records[1].Fields[0]);
        Assert.Equal([1, 2, 5], records.Select(r => r.Line));
    }

    [Theory]
    [InlineData("h\na\"b,c\n", "line 2", "A quote stands inside an unquoted field; quote the field and double the quote.")]
    [InlineData("h\n\"a\nb\"c\n", "line 3", "Text follows a closing quote; expected a comma or the end of the line.")]
    [InlineData("h\nx,\"a\nb\n", "line 2", "A quoted field is not closed; expected a closing quote.")]
    [InlineData("\"", "line 1", "A quoted field is not closed; expected a closing quote.")]
    public void Read_GivenAStrayQuote_NamesItsLine(string csv, string line, string problem)
    {
        var (_, faults) = Read(csv);

        Assert.Equal([new InputFault("set.csv", line, problem)], faults);
    }

    [Fact]
    public void Read_GivenAnyFieldsQuoted_GivesThemBack()
    {
        var field = Gen.ArrayOf(Gen.Elements('a', ',', '"', '\n', '\r', ' ', 'é')).Select(cs => new string(cs) + ".");
        var table = Gen.NonEmptyListOf(Gen.NonEmptyListOf(field)).ToArbitrary();

        Prop.ForAll(table, rows =>
        {
            var csv = string.Join("\r\n", rows.Select(r => string.Join(',', r.Select(Quoted))));
            return rows.Select(r => string.Join('\0', r)).SequenceEqual(Read(csv).Records.Select(r => string.Join('\0', r.Fields)));
        }).QuickCheckThrowOnFailure();
    }

    private static string Quoted(string field) => $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static (IReadOnlyList<CsvRecord> Records, IReadOnlyList<InputFault> Faults) Read(string csv)
    {
        var faults = new InputFaults();
        return (CsvReader.Read(csv, "set.csv", faults), faults.Faults);
    }
}
