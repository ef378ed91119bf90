using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CostMonitor.Core.Input;

namespace CostMonitor.Cli.Workbooks;

/// <summary>Makes a workbook as Azure takes it of a template and its queries: puts the text for <c>"query": "@spend/total.kql"</c>, and adds what every item of a kind has.</summary>
/// <param name="workbook">The name, from which the ids of parameters and links follow: equal input gives equal bytes.</param>
/// <param name="query">Gives the text of a query by its path below the folder of queries; null if there is none.</param>
internal sealed class WorkbookBuilder(string workbook, Func<string, string?> query)
{
    private const string Schema = "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json";
    private const string Component = "microsoft.insights/components";
    private const int TextItem = 1, QueryItem = 3, ParameterItem = 9, LinkItem = 11, GroupItem = 12;

    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly InputFaults _faults = new();

    /// <exception cref="InputException">The template is no JSON object with items, or names queries that are not there: all its faults.</exception>
    public string Build(string template)
    {
        var file = $"{workbook}.json";
        JsonObject? root = null;
        try
        {
            root = JsonNode.Parse(template) as JsonObject;
        }
        catch (JsonException e)
        {
            throw new InputException(file, "", $"It is not JSON: {e.Message}");
        }

        if (root?["items"] is not JsonArray items) throw new InputException(file, "$.items", "Expected an object with the array items.");
        Complete(items, "$.items");
        _faults.ThrowIfAny();
        var built = new JsonObject { ["version"] = "Notebook/1.0", ["items"] = items.DeepClone(), ["fallbackResourceIds"] = new JsonArray("azure monitor"), ["$schema"] = Schema };
        return built.ToJsonString(Layout) + "\n";
    }

    private void Complete(JsonArray items, string path)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var at = $"{path}[{i}]";
            if (items[i] is not JsonObject item || item["content"] is not JsonObject content || item["type"] is not JsonValue type || !type.TryGetValue(out int kind))
            {
                _faults.Add($"{workbook}.json", at, "Expected an item with a type and its content.");
                continue;
            }

            Complete(kind, content, at);
        }
    }

    private void Complete(int kind, JsonObject content, string at)
    {
        switch (kind)
        {
            case TextItem:
                break;
            case QueryItem:
                Default(content, "version", "KqlItem/1.0");
                Default(content, "size", 0);
                CompleteQuery(content, at);
                break;
            case ParameterItem:
                Default(content, "version", "KqlParameterItem/1.0");
                foreach (var parameter in (content["parameters"] as JsonArray ?? []).OfType<JsonObject>())
                {
                    Default(parameter, "id", IdOf($"parameter {parameter["name"]}"));
                    Default(parameter, "version", "KqlParameterItem/1.0");
                    CompleteQuery(parameter, at);
                }

                break;
            case LinkItem:
                Default(content, "version", "LinkItem/1.0");
                foreach (var link in (content["links"] as JsonArray ?? []).OfType<JsonObject>()) Default(link, "id", IdOf($"link {link["linkLabel"]}"));
                break;
            case GroupItem:
                Default(content, "version", "NotebookGroup/1.0");
                Default(content, "groupType", "editable");
                if (content["items"] is JsonArray inner) Complete(inner, $"{at}.content.items");
                else _faults.Add($"{workbook}.json", at, "Expected a group with the array items.");
                break;
            default:
                _faults.Add($"{workbook}.json", at, $"Expected a text (1), query (3), parameters (9), links (11) or a group (12), got type {kind}.");
                break;
        }
    }

    /// <summary>A query of the component that the parameter App names, in the time of TimeRange unless the template says another one.</summary>
    private void CompleteQuery(JsonObject owner, string at)
    {
        if (owner["query"]?.GetValue<string>() is not ['@', ..] reference) return;
        if (query(reference[1..]) is not { } text)
        {
            _faults.Add($"{workbook}.json", at, $"There is no query '{reference[1..]}'.");
            return;
        }

        owner["query"] = text.TrimEnd();
        Default(owner, "queryType", 0);
        Default(owner, "resourceType", Component);
        if (!owner.ContainsKey("crossComponentResources")) owner["crossComponentResources"] = new JsonArray("{App}");
        if (!owner.ContainsKey("timeContext")) Default(owner, "timeContextFromParameter", "TimeRange");
    }

    private static void Default(JsonObject owner, string property, JsonNode value)
    {
        if (!owner.ContainsKey(property)) owner[property] = value;
    }

    private string IdOf(string name) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"costmonitor {workbook} {name}")).AsSpan(0, 16)).ToString();
}
