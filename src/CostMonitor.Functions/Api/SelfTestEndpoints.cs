using System.Text.Json;
using CostMonitor.Functions.BatchQueue;
using CostMonitor.Functions.SelfTest;
using CostMonitor.Functions.Setup;
using CostMonitor.Storage;
using CostMonitor.Storage.Checks;

namespace CostMonitor.Functions.Api;

/// <summary>Proves on the running app that its parts work. Budgets and alerts have self-tests of their own: /api/budgets/selftest and /api/alerts/test.</summary>
internal sealed class SelfTestEndpoints(Composition composition, ILogger<ChunkRunner> logger)
{
    private static readonly TimeSpan StorageLimit = TimeSpan.FromSeconds(30);

    /// <summary>POST /api/selftest/storage: writes, reads and removes a row and a message of its own.</summary>
    public Task StorageAsync(HttpContext context) => AnswerAsync(context, async app =>
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(StorageLimit);
        await StorageRoundTrip.RunAsync(app.Account, app.Time, limit.Token);
        return ([], static _ => { });
    });

    /// <summary>POST /api/selftest/canary: runs one simulated canary in tables of its own.</summary>
    public Task CanaryAsync(HttpContext context) => AnswerAsync(context, async app =>
    {
        var result = await CanarySelfTest.RunAsync(app, logger, context.RequestAborted);
        return (result.Faults, result.Write);
    });

    private async Task AnswerAsync(HttpContext context, Func<RunningApp, Task<(IReadOnlyList<string> Problems, Action<Utf8JsonWriter> Write)>> test)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var started = app.Time.GetTimestamp();
        var (problems, write) = await TriedAsync(() => test(app), context.RequestAborted);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("passed", problems.Count == 0);
            json.WriteNumber("elapsedMs", Math.Round(app.Time.GetElapsedTime(started).TotalMilliseconds, 1));
            write(json);
            json.WriteStartArray("problems");
            foreach (var problem in problems) json.WriteStringValue(problem);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task<(IReadOnlyList<string> Problems, Action<Utf8JsonWriter> Write)> TriedAsync(
        Func<Task<(IReadOnlyList<string> Problems, Action<Utf8JsonWriter> Write)>> test, CancellationToken cancellationToken)
    {
        try
        {
            return await test();
        }
        catch (StorageException e)
        {
            return ([composition.Checks.Of(e).ToString()], static _ => { });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (["storage: It did not answer in time. See /api/health."], static _ => { });
        }
    }
}
