using System.Text.Json;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace CostMonitor.Cli.Local;

/// <summary>The simulated models behind an OpenAI-compatible endpoint on loopback, so that a first run makes real calls over HTTP.</summary>
internal sealed class SimulatorServer : IAsyncDisposable
{
    private const string Provider = "sim";

    private readonly WebApplication _web;
    private readonly ModelClients _models;

    private SimulatorServer(WebApplication web, ModelClients models) => (_web, _models) = (web, models);

    public Uri Address => new(_web.Urls.First() + "/");

    /// <param name="file">The models' file with the profiles of the simulated models.</param>
    /// <param name="port">The port; 0 for any free one.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="InputException">The file is missing or faulty.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<SimulatorServer> StartAsync(string file, int port, CancellationToken cancellationToken)
    {
        var models = ModelsFile.Read(file, _ => null, TimeProvider.System);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddRoutingCore();
        var web = builder.Build();
        web.UseRouting();
        var server = new SimulatorServer(web, models);
        web.MapPost("/v1/chat/completions", server.CompleteAsync);
        try
        {
            await web.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            await server.DisposeAsync();
            throw new IOException($"The simulated models need port {port}, and it is taken: change SIMULATOR_ENDPOINT in local.settings.json, or stop what holds it.", e);
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _models.Dispose();
    }

    private async Task CompleteAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        var name = body.RootElement.GetProperty("model").GetString() ?? "";
        var started = false;
        try
        {
            if (_models.FindChatClient(new ModelKey(Provider, name)) is not { } client)
            {
                throw new ModelCallException(FailureStage.Admission, "model_not_found", $"There is no simulated model '{name}'.");
            }

            await foreach (var update in client.GetStreamingResponseAsync(Messages(body.RootElement), Options(body.RootElement), context.RequestAborted))
            {
                if (!started) context.Response.ContentType = "text/event-stream";
                started = true;
                await WriteAsync(context, json => Chunk(json, name, update));
            }

            await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted);
        }
        catch (ModelCallException e) when (!started)
        {
            context.Response.StatusCode = e.HttpStatus ?? StatusCodes.Status404NotFound;
            context.Response.ContentType = "application/json";
            using var json = new Utf8JsonWriter(context.Response.BodyWriter);
            Error(json, e);
        }
    }

    private static IEnumerable<ChatMessage> Messages(JsonElement body) =>
        body.GetProperty("messages").EnumerateArray()
            .Select(m => new ChatMessage(new ChatRole(m.GetProperty("role").GetString() ?? "user"), m.GetProperty("content").GetString() ?? ""))
            .ToArray();

    private static ChatOptions Options(JsonElement body) => new()
    {
        MaxOutputTokens = body.TryGetProperty("max_tokens", out var most) ? most.GetInt32() : null,
        ResponseFormat = body.TryGetProperty("response_format", out _) ? ChatResponseFormat.Json : null,
    };

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        await context.Response.WriteAsync("data: ", context.RequestAborted);
        using (var json = new Utf8JsonWriter(context.Response.BodyWriter)) write(json);
        await context.Response.WriteAsync("\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static void Chunk(Utf8JsonWriter json, string model, ChatResponseUpdate update)
    {
        json.WriteStartObject();
        json.WriteString("id", "chatcmpl-simulated");
        json.WriteString("object", "chat.completion.chunk");
        json.WriteString("model", model);
        json.WriteStartArray("choices");
        if (!update.Contents.OfType<UsageContent>().Any() || update.FinishReason is not null)
        {
            json.WriteStartObject();
            json.WriteNumber("index", 0);
            json.WriteStartObject("delta");
            if (update.Contents.OfType<TextContent>().FirstOrDefault() is { } text) json.WriteString("content", text.Text);
            if (update.Contents.OfType<TextReasoningContent>().FirstOrDefault() is { } reasoning) json.WriteString("reasoning_content", reasoning.Text);
            json.WriteEndObject();
            json.WriteString("finish_reason", update.FinishReason?.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (update.Contents.OfType<UsageContent>().FirstOrDefault() is { } usage) Usage(json, usage.Details);
        json.WriteEndObject();
    }

    private static void Usage(Utf8JsonWriter json, UsageDetails usage)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", usage.InputTokenCount ?? 0);
        json.WriteNumber("completion_tokens", usage.OutputTokenCount ?? 0);
        json.WriteNumber("total_tokens", (usage.InputTokenCount ?? 0) + (usage.OutputTokenCount ?? 0));
        json.WriteStartObject("completion_tokens_details");
        json.WriteNumber("reasoning_tokens", usage.ReasoningTokenCount ?? 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Error(Utf8JsonWriter json, ModelCallException e)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", e.Message);
        json.WriteString("type", e.ErrorType);
        json.WriteString("code", e.ErrorType);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
