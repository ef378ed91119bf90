using System.Text.Json;
using CostMonitor.Core.Budgets;
using CostMonitor.Core.Input;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.Api;

/// <summary>Shows the budgets' definitions, takes new ones and removes them.</summary>
internal sealed class BudgetEndpoints(Composition composition)
{
    /// <summary>GET /api/budgets: the definitions in force and where each comes from.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var known = app.Budgets.Known;
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("budgets");
            foreach (var entry in known.Entries) Write(json, entry);
            json.WriteEndArray();
            json.WriteStartArray("problems");
            foreach (var fault in known.Faults) json.WriteStringValue(fault.ToString());
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>GET /api/budgets/{id}.</summary>
    public async Task GetAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        await WriteAsync(context, app, IdOf(context), StatusCodes.Status200OK);
    }

    /// <summary>PUT /api/budgets/{id}: puts a budget in force, in all processes within ten seconds.</summary>
    public async Task PutAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        using var reader = new StreamReader(context.Request.Body);
        var definition = BudgetFile.ParseOne(await reader.ReadToEndAsync(context.RequestAborted), "body");
        var id = IdOf(context);
        if (definition.Id != id) throw new InputException("body", "$.id", $"Expected '{id}' as in the address, got '{definition.Id}'.");
        var isNew = await app.Budgets.PutAsync(definition, context.RequestAborted);
        await WriteAsync(context, app, id, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <summary>DELETE /api/budgets/{id}: removes a budget that came through the API; the file's of the same id is in force again.</summary>
    public async Task RemoveAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var id = IdOf(context);
        var removal = await RemoveAsync(app, id, context.RequestAborted);
        if (removal == BudgetRemoval.NotThere) throw ApiProblem.NotFound($"budget '{id}'");
        if (removal == BudgetRemoval.OnlyInFile)
        {
            throw new ApiProblem(StatusCodes.Status409Conflict, $"The budget '{id}' stands in the app's file and did not come through the API: change the file, or put another in its place.");
        }

        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("removed", id);
            json.WriteBoolean("fileInForce", removal == BudgetRemoval.BackToFile);
            json.WriteEndObject();
        });
    }

    /// <summary>What is wrong with stored budgets, for the health of the app.</summary>
    public static IEnumerable<string> Problems(BudgetsInForce budgets) => budgets.Faults.Select(static fault => $"Budgets: {fault}");

    private static async Task<BudgetRemoval> RemoveAsync(RunningApp app, string id, CancellationToken cancellationToken)
    {
        try
        {
            return await app.Budgets.RemoveAsync(id, cancellationToken);
        }
        catch (InputException e)
        {
            throw new ApiProblem(StatusCodes.Status409Conflict, $"Without it the '{id}' of the app's file would be in force again, which contradicts others.", e.Faults);
        }
    }

    private static async Task WriteAsync(HttpContext context, RunningApp app, string id, int status)
    {
        var entry = app.Budgets.Known.Find(id) ?? throw ApiProblem.NotFound($"budget '{id}'");
        await ApiAnswer.JsonAsync(context, status, json => Write(json, entry));
    }

    private static void Write(Utf8JsonWriter json, BudgetEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("source", EnumNames.Of(entry.Source));
        json.WritePropertyName("budget");
        BudgetFile.WriteOne(json, entry.Definition);
        json.WriteEndObject();
    }

    private static string IdOf(HttpContext context) => context.Request.RouteValues["id"] as string ?? "";
}
