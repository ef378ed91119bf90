using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Simulated;

namespace CostMonitor.Providers.Configuration;

/// <summary>Reads one model of models.json and fills in the settings that it names.</summary>
internal static class ModelEntryReader
{
    private const string Apis = "openai, azure-openai, openai-compatible, anthropic or simulated";
    private const string AzureScope = "https://cognitiveservices.azure.com/.default";
    private static readonly ModelKey NoModel = new("none", "none"); // stands in for a faulty one, so that the rest of its entry is read
    private static readonly Capabilities None = new() { Name = "none" };

    /// <returns>Null after noting a fault that leaves no usable entry.</returns>
    public static ModelEntry? Read(InputNode node, IReadOnlyDictionary<string, Capabilities> capabilities, ChainSettings chain, Func<string, string?> settings)
    {
        var model = ReadModel(node);
        var api = ReadApi(node);
        node.AllowOnly(Known(api));
        if (api is not { } known) return null; // what else it may hold follows from its API
        var entry = known == ModelApi.Simulated ? ReadSimulated(node, model ?? NoModel) : ReadRemote(node, model ?? NoModel, known, capabilities, settings);
        return model is null ? null : entry with { Chain = ChainSettingsReader.Read(node.Property("calling"), chain), Facts = FactsReader.Read(node.Property("facts"), entry) };
    }

    private static ModelEntry ReadSimulated(InputNode node, ModelKey model) => new()
    {
        Model = model,
        Api = ModelApi.Simulated,
        UpstreamName = model.Model,
        Offer = OfferReader.Read(node, model, DeploymentType.None),
        Capabilities = None,
        Simulated = node.Property("simulated") is { } profile ? SimulatedProfileReader.Read(profile) : new SimulatedProfile(),
    };

    private static ModelEntry ReadRemote(
        InputNode node, ModelKey model, ModelApi api, IReadOnlyDictionary<string, Capabilities> capabilities, Func<string, string?> settings)
    {
        var missing = new List<string>();
        var isEntra = ReadIsEntra(node);
        var endpoint = EndpointReader.Read(node, settings, missing);
        if (isEntra && endpoint is { IsLoopback: false } && endpoint.Scheme != Uri.UriSchemeHttps)
        {
            missing.Add("The endpoint is not https, and an Entra token is not sent in the clear.");
        }

        var key = isEntra ? null : ReadKey(node, isRequired: api != ModelApi.OpenAICompatible, settings, missing);
        if (key is not null && endpoint is { IsLoopback: false } && endpoint.Scheme != Uri.UriSchemeHttps)
        {
            missing.Add("The endpoint is not https, and a key is not sent in the clear.");
        }

        return new ModelEntry
        {
            Model = model,
            Api = api,
            Endpoint = api == ModelApi.AzureOpenAI ? EndpointReader.WithAzurePath(endpoint) : endpoint,
            UpstreamName = node.OptionalText("deployment", "the name that the endpoint knows the model by") ?? model.Model,
            Key = key,
            EntraScope = isEntra ? node.OptionalText("scope", "a scope, such as " + AzureScope) ?? AzureScope : null,
            Offer = OfferReader.Read(node, model, api == ModelApi.AzureOpenAI ? DeploymentType.Global : DeploymentType.None),
            Capabilities = ReadCapabilities(node, api, capabilities),
            Missing = string.Join(' ', missing),
        };
    }

    private static ModelKey? ReadModel(InputNode node)
    {
        const string expected = "provider:model, as in openai:gpt-4o";
        if (node.Required("model", expected) is not { } model || model.Text(expected) is not { Length: > 0 } text) return null;
        if (ModelKey.TryParse(text, out var key)) return key;
        model.Fault($"Expected {expected}, got {model.Shown()}.");
        return null;
    }

    private static ModelApi? ReadApi(InputNode node)
    {
        if (node.Required("api", Apis) is not { } api) return null;
        ModelApi? known = api.IsString ? api.Element.GetString() switch
        {
            "openai" => ModelApi.OpenAI,
            "azure-openai" => ModelApi.AzureOpenAI,
            "openai-compatible" => ModelApi.OpenAICompatible,
            "anthropic" => ModelApi.Anthropic,
            "simulated" => ModelApi.Simulated,
            _ => null,
        } : null;
        if (known is null) api.Fault($"Expected {Apis}, got {api.Shown()}.");
        return known;
    }

    private static string[] Known(ModelApi? api) => api switch
    {
        null => ["model", "api", "endpoint", "deployment", "keySetting", "auth", "scope", "capabilities", "simulated", "billedAs", "calling", "facts"],
        ModelApi.Simulated => ["model", "api", "simulated", "billedAs", "calling", "facts"],
        ModelApi.AzureOpenAI => ["model", "api", "endpoint", "deployment", "keySetting", "auth", "scope", "capabilities", "billedAs", "calling", "facts"],
        _ => ["model", "api", "endpoint", "deployment", "keySetting", "capabilities", "billedAs", "calling", "facts"],
    };

    private static bool ReadIsEntra(InputNode node)
    {
        if (node.Property("auth") is not { } auth) return false;
        var text = auth.Text("key or entra");
        if (text is not ("" or "key" or "entra")) auth.Fault($"Expected key or entra, got {auth.Shown()}.");
        return text == "entra";
    }

    private static ApiKey? ReadKey(InputNode node, bool isRequired, Func<string, string?> settings, List<string> missing)
    {
        const string expected = "the name of the setting that holds the key";
        var name = isRequired ? node.RequiredText("keySetting", expected) : node.OptionalText("keySetting", expected);
        if (string.IsNullOrEmpty(name)) return null;
        var value = settings(name);
        var key = ApiKey.TryCreate(value);
        if (string.IsNullOrWhiteSpace(value)) missing.Add($"Setting {name} is missing.");
        else if (key is null) missing.Add($"Setting {name} holds characters that no key has.");
        return key;
    }

    private static Capabilities ReadCapabilities(InputNode node, ModelApi api, IReadOnlyDictionary<string, Capabilities> capabilities)
    {
        var expected = capabilities.Count == 0
            ? "the name of an entry of $.capabilities"
            : "one of " + string.Join(", ", capabilities.Keys);
        if (node.Required("capabilities", expected) is not { } entry || entry.Text(expected) is not { Length: > 0 } name) return None;
        if (!capabilities.TryGetValue(name, out var found))
        {
            entry.Fault($"Expected {expected}, got {entry.Shown()}.");
            return None;
        }

        if (api == ModelApi.Anthropic && (found.Seed || found.JsonMode || found.ServiceTier || found.DefaultMaxTokens is null))
        {
            entry.Fault($"'{name}' does not fit the anthropic API: it has no seed, no jsonMode and no serviceTier, and needs a defaultMaxTokens.");
        }

        return found;
    }
}
