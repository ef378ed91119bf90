using System.Text.Encodings.Web;
using System.Text.Json;

namespace CostMonitor.Functions.Tests.Running;

/// <summary>Invocations as the Functions host was seen to write them, with the values put in.</summary>
internal static class Payloads
{
    private const string QueueTemplate =
        """{"Data":{"message":MESSAGE_TEXT},"Metadata":{"DequeueCount":"1","ExpirationTime":"2026-08-29T10:00:00+00:00","Id":"\"MESSAGE_ID\"","InsertionTime":"2026-08-22T10:00:00+00:00","NextVisibleTime":"9999-12-31T23:59:59+00:00","PopReceipt":"\"AgAAAAMAAAAAAAAAAgtnj8x+1QE=\"","batch":"\"overwritten\"","chunk":"\"999\"","sys":{"MethodName":"BatchQueue","UtcNow":"2026-08-22T10:00:01.1234567Z","RandGuid":"24ad4c06-24ad-4e5b-8294-3da9714877e9"}}}""";

    private const string TimerTemplate =
        """{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"2026-08-22T09:55:00+00:00","Next":"2026-08-22T10:00:00+00:00","LastUpdated":"2026-08-22T09:55:00.0000123+00:00"},"IsPastDue":IS_LATE}},"Metadata":{"sys":{"MethodName":"CanaryTimer","UtcNow":"UTC_NOW","RandGuid":"24ad4c06-24ad-4e5b-8294-3da9714877e9"}}}""";

    /// <summary>A queue message: its text as JSON inside a JSON string, its own top-level properties mixed into the metadata.</summary>
    public static string Queue(string text, string messageId = "800ae4b3-bdd2-4c08-badd-f08e5a34b865") => QueueTemplate
        .Replace("MESSAGE_ID", messageId, StringComparison.Ordinal)
        .Replace("MESSAGE_TEXT", Quoted(Quoted(text)), StringComparison.Ordinal);

    public static string Timer(string utcNow, bool isPastDue = false) => TimerTemplate
        .Replace("IS_LATE", isPastDue ? "true" : "false", StringComparison.Ordinal)
        .Replace("UTC_NOW", utcNow, StringComparison.Ordinal);

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
