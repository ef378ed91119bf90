using System.Text.Json;
using CostMonitor.Core.Batches;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.Api;

/// <summary>Shows what the app is set up with: plans, models, and the API itself.</summary>
internal sealed class CatalogEndpoints(Composition composition)
{
    /// <summary>GET /api/models: each model, whether it can be called, and today's price; each route with its targets.</summary>
    public async Task ModelsAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var today = DateOnly.FromDateTime(app.Time.GetUtcNow().UtcDateTime);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("models");
            foreach (var entry in app.Models.Configuration.Models)
            {
                WriteModel(json, entry.Model, app.Models.IsConfigured(entry.Model, out _), app.Prices.InForce.Catalog.Find(entry.Offer, today));
            }

            json.WriteEndArray();
            json.WriteStartArray("routes");
            foreach (var route in app.Models.Configuration.Routes) WriteRoute(json, route, app.Models.IsConfigured(route.Model, out _));

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>GET /api/plans: the canary's plan with its schedule.</summary>
    public async Task PlansAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var plan = app.CanaryPlan();
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("plans");
            json.WriteStartObject();
            json.WriteString("function", "CanaryTimer");
            json.WriteString("schedule", app.Settings.CanarySchedule.ToString());
            json.WriteNumber("prompts", plan.Prompts.Count);
            json.WritePropertyName("plan");
            BatchFile.WritePlan(json, plan);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>GET /api/openapi.json.</summary>
    public static async Task OpenApiAsync(HttpContext context)
    {
        var assembly = typeof(CatalogEndpoints).Assembly;
        await using var document = assembly.GetManifestResourceStream("openapi.json")
            ?? throw new InvalidOperationException("The API's description is not in the assembly.");
        context.Response.ContentType = "application/vnd.oai.openapi+json; charset=utf-8";
        await document.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static void WriteRoute(Utf8JsonWriter json, Core.Calling.Routing.Route route, bool isConfigured)
    {
        json.WriteStartObject();
        json.WriteString("model", route.Model.ToString());
        json.WriteBoolean("configured", isConfigured);
        json.WriteString("order", EnumNames.Of(route.Order));
        json.WriteBoolean("byDifficulty", route.ByDifficulty);
        json.WriteStartArray("targets");
        foreach (var target in route.Targets)
        {
            json.WriteStartObject();
            json.WriteString("model", target.Model.ToString());
            json.WriteNumber("weight", target.Weight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, ModelKey model, bool isConfigured, Price? price)
    {
        json.WriteStartObject();
        json.WriteString("model", model.ToString());
        json.WriteBoolean("configured", isConfigured);
        if (price is null)
        {
            json.WriteNull("price");
        }
        else
        {
            json.WriteStartObject("price");
            json.WriteString("label", price.Label);
            json.WriteString("source", price.Source);
            json.WriteStartObject("usdPerMillionTokens");
            foreach (var (tokenClass, rate) in price.PerMillionTokens.Stated) json.WriteNumber(TokenClasses.NameOf(tokenClass), rate.PerMillion);

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
