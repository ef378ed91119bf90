namespace CostMonitor.Functions.Api;

/// <summary>What every answer of the app tells browsers and caches. An endpoint that knows better sets its own.</summary>
internal static class AnswerHeaders
{
    public static void UseAnswerHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store"; // costs, prompts and alerts are nobody else's
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'"; // no answer of the API is a page
        headers["Referrer-Policy"] = "no-referrer";
        return next(context);
    });
}
