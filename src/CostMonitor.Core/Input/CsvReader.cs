using System.Globalization;
using System.Text;

namespace CostMonitor.Core.Input;

/// <summary>Reads comma-separated values as RFC 4180 has them, and keeps the line on which each record starts for messages.</summary>
public static class CsvReader
{
    /// <param name="csv">The text; records end with LF or CRLF, fields may be quoted and then hold commas, quotes ("") and line ends.</param>
    /// <param name="file">The name that faults give the text.</param>
    /// <param name="faults">Takes stray quotes and an unclosed field.</param>
    /// <returns>Each record with its line, counted from 1. Empty lines are passed over.</returns>
    public static IReadOnlyList<CsvRecord> Read(string csv, string file, InputFaults faults)
    {
        var records = new List<CsvRecord>();
        var fields = new List<string>();
        var field = new StringBuilder();
        var (line, start, at) = (1, 1, csv.StartsWith('\uFEFF') ? 1 : 0);

        void EndRecord()
        {
            fields.Add(field.ToString());
            field.Clear();
            if (fields is not [""]) records.Add(new CsvRecord(start, [.. fields]));
            fields.Clear();
        }

        while (at < csv.Length)
        {
            var c = csv[at++];
            if (c == '"' && field.Length == 0)
            {
                at = ReadQuoted(csv, at, field, ref line);
                if (at < 0)
                {
                    faults.Add(file, Line(start), "A quoted field is not closed; expected a closing quote.");
                    return records;
                }

                if (at < csv.Length && csv[at] is not (',' or '\r' or '\n'))
                {
                    faults.Add(file, Line(line), "Text follows a closing quote; expected a comma or the end of the line.");
                }
            }
            else if (c == ',')
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else if (c == '\n' || (c == '\r' && at < csv.Length && csv[at] == '\n'))
            {
                if (c == '\r') at++;
                EndRecord();
                start = ++line;
            }
            else
            {
                if (c == '"') faults.Add(file, Line(line), "A quote stands inside an unquoted field; quote the field and double the quote.");
                field.Append(c);
            }
        }

        if (field.Length > 0 || fields.Count > 0) EndRecord();
        return records;
    }

    /// <returns>The position behind the closing quote; -1 if there is none.</returns>
    private static int ReadQuoted(string csv, int at, StringBuilder field, ref int line)
    {
        while (at < csv.Length)
        {
            var c = csv[at++];
            if (c == '\n') line++;
            if (c != '"')
            {
                field.Append(c);
            }
            else if (at < csv.Length && csv[at] == '"')
            {
                field.Append('"');
                at++;
            }
            else
            {
                return at;
            }
        }

        return -1;
    }

    private static string Line(int line) => string.Create(CultureInfo.InvariantCulture, $"line {line}");
}
