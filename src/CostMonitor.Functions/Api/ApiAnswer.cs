using System.Text.Json;
using CostMonitor.Core.Input;
using CostMonitor.Storage;
using Microsoft.AspNetCore.Http.Features;

namespace CostMonitor.Functions.Api;

/// <summary>Writes answers of the API: JSON, or a problem as RFC 9457 has it.</summary>
internal static partial class ApiAnswer
{
    public static async Task JsonAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        using (var json = new Utf8JsonWriter(context.Response.BodyWriter)) write(json);
        await context.Response.BodyWriter.FlushAsync();
    }

    /// <summary>Runs an endpoint; this is the API's outer edge, where every exception becomes a problem.</summary>
    /// <param name="logger">Told of what is not the caller's fault.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="mostBytes">The longest body that it reads.</param>
    public static RequestDelegate Guarded(ILogger logger, RequestDelegate endpoint, long mostBytes = ApiLimits.MaxSmallBodyBytes) => async context =>
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = mostBytes;
        try
        {
            await endpoint(context);
        }
        catch (ApiProblem e)
        {
            await ProblemAsync(context, e.Status, e.Message, e.Faults);
        }
        catch (InputException e)
        {
            await ProblemAsync(context, StatusCodes.Status400BadRequest, "The input has faults.", e.Faults);
        }
        catch (BadHttpRequestException e)
        {
            await ProblemAsync(context, e.StatusCode, e.Message, []);
        }
        catch (Exception e) when (e is StorageException or InvalidOperationException or FormatException)
        {
            Log.RequestFailed(logger, context.Request.Path, e.GetType().Name, e.Message.ReplaceLineEndings(" "));
            await ProblemAsync(context, StatusCodes.Status503ServiceUnavailable, "Storage or settings are not as the app needs them; see /api/health.", []);
        }
    };

    private static Task ProblemAsync(HttpContext context, int status, string title, IReadOnlyList<InputFault> faults)
    {
        if (context.Response.HasStarted) throw new InvalidOperationException($"The answer had begun when this came up: {title}");
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json; charset=utf-8";
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("type", "about:blank");
            json.WriteString("title", title);
            json.WriteNumber("status", status);
            json.WriteString("instance", context.Request.Path);
            if (faults.Count > 0) WriteFaults(json, faults);
            json.WriteEndObject();
        }

        return context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length)).AsTask();
    }

    private static void WriteFaults(Utf8JsonWriter json, IReadOnlyList<InputFault> faults)
    {
        json.WriteStartArray("faults");
        foreach (var fault in faults)
        {
            json.WriteStartObject();
            json.WriteString("in", fault.File);
            json.WriteString("at", fault.Path);
            json.WriteString("problem", fault.Problem);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static partial class Log
    {
        [LoggerMessage(401, LogLevel.Error, "{Path} failed: {ErrorType}: {Reason}")]
        public static partial void RequestFailed(ILogger logger, PathString path, string errorType, string reason);
    }
}
