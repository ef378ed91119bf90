using CostMonitor.Core.Alerts.Rules;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.Api;

/// <summary>Shows the alert rules.</summary>
internal sealed class RuleEndpoints(Composition composition)
{
    /// <summary>GET /api/alerts/rules: the rules in force, and where each stands for each of its scopes.</summary>
    public async Task GetAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var kept = await app.RuleStates.ReadAsync(context.RequestAborted);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("rules");
            foreach (var rule in app.AlertRules)
            {
                var states = kept.States.Select(k => k.State).Where(s => s.Rule == rule.Name && rule.HasScope(s.Scope));
                AlertRuleJson.Write(json, rule, states, kept.Evaluated.TryGetValue(rule.Name, out var at) ? at : null);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
