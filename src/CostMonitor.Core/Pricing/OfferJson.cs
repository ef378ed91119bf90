using System.Text.Json;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing;

/// <summary>An offer as records keep it; what is ordinary is left out.</summary>
internal static class OfferJson
{
    public static void Write(Utf8JsonWriter json, string name, Offer offer)
    {
        json.WriteStartObject(name);
        json.WriteString("model", offer.Model.ToString());
        if (offer.Tier != ServiceTier.Standard) json.WriteString("tier", EnumNames.Of(offer.Tier));
        if (offer.Deployment != DeploymentType.None) json.WriteString("deployment", EnumNames.Of(offer.Deployment));
        if (offer.Region is { } region) json.WriteString("region", region);
        json.WriteEndObject();
    }

    /// <exception cref="FormatException">The element is no offer.</exception>
    public static Offer Read(JsonElement json) => new(
        ModelKey.Parse(Text(json, "model") ?? ""), Name<ServiceTier>(json, "tier"), Name<DeploymentType>(json, "deployment"), Text(json, "region"));

    private static T Name<T>(JsonElement json, string name)
        where T : struct, Enum =>
        Text(json, name) switch
        {
            null => default,
            var text when EnumNames.TryParse(text, out T value) => value,
            var text => throw new FormatException($"'{text}' is no {name}; expected one of {EnumNames.All<T>()}."),
        };

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
