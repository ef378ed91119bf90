using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CostMonitor.Cli.Files;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Batches;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using Spectre.Console;

namespace CostMonitor.Cli.Commands;

/// <summary><c>costmon cache stats|clear|warm</c>.</summary>
internal static class CacheCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "JSON instead of a table." };

    public static Command Create() => new("cache", "Shows, clears and fills an app's cache of answers.") { Stats(), Clear(), Warm() };

    private static Command Stats()
    {
        var app = new AppOptions();
        var command = new Command("stats", "Prints the hits of the app's process since its start, and the money they saved.") { Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var figures = await client.GetAsync("/api/cache", cancellationToken);
            if (parsed.GetValue(Json)) Data.Json(figures.WriteTo);
            else Data.Table(Figures(figures));
            if (figures.GetProperty("remark").GetString() is { } remark) Words.Say(remark);
            return ExitCodes.Fine;
        });
        return command;
    }

    private static Command Clear()
    {
        var version = new Option<string?>("--prompt-version") { Description = "The answers to one version of a prompt." };
        var model = new Option<string?>("--model") { Description = "The answers of one model, as in openai:gpt-4o." };
        var key = new Option<string?>("--key") { Description = "The answer under one key, 64 hex digits." };
        var all = new Option<bool>("--all") { Description = "All answers." };
        var app = new AppOptions();
        var command = new Command("clear", "Removes answers; give exactly one of --prompt-version, --model, --key and --all. The results of idempotency keys stay.") { version, model, key, all, Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var filters = new[]
            {
                ("promptVersion", parsed.GetValue(version)), ("model", parsed.GetValue(model)), ("key", parsed.GetValue(key)),
                ("all", parsed.GetValue(all) ? "true" : null),
            }.Where(f => f.Item2 is not null).ToArray();
            if (filters is not [var (name, value)]) throw new InvalidOperationException($"Give exactly one of --prompt-version, --model, --key and --all, got {filters.Length}.");
            using var client = app.Client(parsed);
            var cleared = await client.DeleteAsync($"/api/cache?{name}={Uri.EscapeDataString(value ?? "")}", cancellationToken);
            if (parsed.GetValue(Json)) Data.Json(cleared.WriteTo);
            else Data.Table(Rows(cleared.EnumerateObject().Select(p => (p.Name == "memory" ? "removed from memory" : "removed from the shared cache", p.Value.ToString()))));
            return ExitCodes.Fine;
        });
        return command;
    }

    private static Command Warm()
    {
        var file = new Argument<string>("prompts") { Description = "A prompt set as .csv." };
        var models = new Option<string[]>("--model") { Description = "A model to ask, as in openai:gpt-4o-mini; may be repeated.", Required = true };
        var temperature = new Option<double?>("--temperature") { Description = "As the calls that are to hit send it: it is a part of the key." };
        var limit = new Option<int?>("--max-output-tokens") { Description = "As the calls that are to hit send it: it is a part of the key." };
        var app = new AppOptions();
        var command = new Command("warm", "Asks the models every prompt that the cache has no answer to, as a batch, and prints its state.") { file, models, temperature, limit, Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file);
            var batch = Batch(
                PromptFile.ParseCsv(InputFiles.Text(path), path), (parsed.GetValue(models) ?? []).Select(ModelKey.Parse), parsed.GetValue(temperature), parsed.GetValue(limit));
            using var client = app.Client(parsed);
            var state = await client.PostAsync("/api/batches", batch, "application/json", cancellationToken);
            if (parsed.GetValue(Json)) Data.Json(state.WriteTo);
            else Data.Table(Rows(state.EnumerateObject().Select(p => (p.Name, p.Value.ToString()))));
            return ExitCodes.Fine;
        });
        return command;
    }

    private static string Batch(IReadOnlyList<Prompt> prompts, IEnumerable<ModelKey> models, double? temperature, int? limit)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteBoolean("cache", true);
            json.WriteStartArray("models");
            foreach (var model in models) json.WriteStringValue(model.ToString());
            json.WriteEndArray();
            json.WriteStartObject("parameters");
            if (temperature is { } t) json.WriteNumber("temperature", t);
            if (limit is { } most) json.WriteNumber("maxOutputTokens", most);
            json.WriteEndObject();
            json.WriteStartArray("prompts");
            foreach (var prompt in prompts) BatchFile.WritePrompt(json, prompt);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static Table Figures(JsonElement figures)
    {
        var (hits, lookups) = (figures.GetProperty("hits"), figures.GetProperty("lookups"));
        var rate = figures.GetProperty("hitRate") is { ValueKind: JsonValueKind.Number } share
            ? string.Create(CultureInfo.InvariantCulture, $" ({100 * share.GetDouble():0.#} %)")
            : "";
        return Rows(
        [
            ("hits", $"{hits} of {lookups}{rate}"),
            ("from memory", Text("memoryHits")),
            ("from the shared cache", Text("sharedHits")),
            ("from a call in flight", Text("inFlightHits")),
            ("stale", Text("staleHits")),
            ("near", Text("nearHits")),
            ("idempotent repeats", Text("idempotencyHits")),
            ("saved", Saved()),
            ("could not be cached", Text("notCacheable")),
            ("failures of the store", Text("storeFailures")),
            ("answers in memory", string.Create(CultureInfo.InvariantCulture, $"{figures.GetProperty("entries")} ({figures.GetProperty("bytes").GetInt64() / 1048576.0:0.0} MiB)")),
        ]);

        string Text(string name) => figures.GetProperty(name).ToString();

        string Saved()
        {
            var known = new Usd(figures.GetProperty("savedUsd").GetDecimal()).ToString();
            return figures.GetProperty("unpricedHits").GetInt64() is var unpriced and > 0 ? $"at least {known}, {unpriced} unpriced" : known;
        }
    }

    private static Table Rows(IEnumerable<(string What, string Value)> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders();
        table.AddColumns("what", "value");
        foreach (var (what, value) in rows) table.AddRow(Markup.Escape(what), Markup.Escape(value));
        return table;
    }
}
