using System.Text;
using CostMonitor.Core.Input;

namespace CostMonitor.Providers.Configuration;

/// <summary>Reads an endpoint such as <c>https://%RESOURCE%.openai.azure.com/</c>, whose %NAME% parts are settings.</summary>
internal static class EndpointReader
{
    private const string Expected = "an absolute http or https address, or a setting as %NAME%";

    /// <returns>With a final slash; null after noting a fault or what is missing.</returns>
    public static Uri? Read(InputNode model, Func<string, string?> settings, List<string> missing)
    {
        if (model.Required("endpoint", Expected) is not { } node || node.Text(Expected) is not { Length: > 0 } template) return null;
        var names = new List<string>();
        var before = missing.Count;
        var text = Fill(template, settings, names, missing);
        if (missing.Count > before) return null;
        if (Parse(text) is { } endpoint) return endpoint;

        // The value of a setting is not shown: people paste keys into the wrong one.
        if (names.Count == 0) node.Fault($"Expected {Expected}, got {node.Shown()}.");
        else missing.Add($"Setting {string.Join(" or ", names)} does not make an absolute http or https address.");
        return null;
    }

    /// <summary>Adds the path of the v1 API to the bare address of a resource.</summary>
    public static Uri? WithAzurePath(Uri? endpoint) =>
        endpoint is { AbsolutePath: "/" } ? new Uri(endpoint, "openai/v1/") : endpoint;

    private static string Fill(string template, Func<string, string?> settings, List<string> names, List<string> missing)
    {
        var filled = new StringBuilder();
        var at = 0;
        while (true)
        {
            var open = template.IndexOf('%', at);
            var close = open < 0 ? -1 : template.IndexOf('%', open + 1);
            if (close < 0) return filled.Append(template, at, template.Length - at).ToString();

            var name = template[(open + 1)..close];
            filled.Append(template, at, open - at);
            at = close + 1;
            names.Add(name);
            if (settings(name)?.Trim() is { Length: > 0 } value) filled.Append(value);
            else missing.Add($"Setting {name} is missing.");
        }
    }

    private static Uri? Parse(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
        && uri is { Query: "", Fragment: "", UserInfo: "" }
            ? uri
            : null;
}
