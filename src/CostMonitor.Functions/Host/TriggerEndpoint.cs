namespace CostMonitor.Functions.Host;

/// <summary>Maps a function that is not HTTP: the host posts to its name and expects 2xx with a JSON body of at least <c>{}</c>.</summary>
/// <remarks>
/// Any other status fails the invocation: a queue message then comes back and ends in the poison queue, a timer waits for its next time.
/// This is the outer edge: whatever a trigger throws becomes a log line and a failed invocation.
/// </remarks>
internal static partial class TriggerEndpoint
{
    /// <param name="app">The app.</param>
    /// <param name="function">The function's name.</param>
    /// <param name="run">What it does.</param>
    /// <param name="settle">Ends what still runs in the background, before the host has its answer: it may stop the process from then on.</param>
    public static void MapTrigger(this WebApplication app, string function, Func<HttpRequest, CancellationToken, Task> run, Func<Task> settle) =>
        app.MapPost($"/{function}", async context =>
        {
            try
            {
                // The host never gives an invocation up by closing its request, and a half-done one must not stop half-way.
                await run(context.Request, CancellationToken.None);
                await settle();
                await AnswerAsync(context.Response, StatusCodes.Status200OK);
            }
            catch (Exception e)
            {
                Log.InvocationFailed(app.Logger, function, e.GetType().Name, e.Message.ReplaceLineEndings(" "));
                await settle();
                await AnswerAsync(context.Response, StatusCodes.Status500InternalServerError);
            }
        });

    private static Task AnswerAsync(HttpResponse response, int status)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        return response.WriteAsync("{}");
    }

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Error, "Invocation of {Function} failed: {ErrorType}: {Reason}")]
        public static partial void InvocationFailed(ILogger logger, string function, string errorType, string reason);
    }
}
