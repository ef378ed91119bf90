using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace CostMonitor.Storage.Tables;

/// <summary>Signs each attempt anew with SharedKeyLite: the date and the path exactly as encoded on the wire.</summary>
internal sealed class TableSharedKeyPolicy(SharedKey key, TimeProvider time) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var date = time.GetUtcNow().ToString("r", CultureInfo.InvariantCulture);
        var path = message.Request.Uri.ToUri().AbsolutePath; // no request of ours has the 'comp' parameter, the only one signed
        message.Request.Headers.SetValue("x-ms-date", date);
        message.Request.Headers.SetValue("Authorization", $"SharedKeyLite {key.Account}:{key.Sign($"{date}\n/{key.Account}{path}")}");
    }
}
