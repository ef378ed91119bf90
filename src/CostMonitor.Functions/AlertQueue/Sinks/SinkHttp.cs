using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using CostMonitor.Core.Alerts;

namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>Posts to sinks: to addresses of the internet only, without following redirects, with a limit on time and on what is read.</summary>
/// <remarks>
/// The address is checked where the connection is made, after the name was resolved, so that a name cannot lead elsewhere than it was checked. There is no
/// proxy for the same reason: it would resolve the name itself. An address may be a secret as a whole, so failures say its host and nothing else of it.
/// </remarks>
internal sealed class SinkHttp
{
    /// <summary>What a sink may take to answer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private const int MostBytes = 64 * 1024;
    private const int MostShown = 200;

    // Both for as long as the process lives: nothing is opened before a sink is first used.
    private static readonly HttpClient Public = Client(allowPrivate: false);
    private static readonly HttpClient Any = Client(allowPrivate: true);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <param name="allowPrivate">True to connect to any address.</param>
    /// <param name="time">The clock of the time limit.</param>
    public SinkHttp(bool allowPrivate, TimeProvider time) => (_http, _time) = (allowPrivate ? Any : Public, time);

    /// <param name="request">Is disposed of.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<SinkAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            var address = request.RequestUri ?? throw new ArgumentException("The request has no address.", nameof(request));
            using var limit = new CancellationTokenSource(Limit, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
                return response.IsSuccessStatusCode ? SinkAnswer.Delivered : await RefusalAsync(response, address, either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new SinkAnswer($"{address.Host} did not answer within {Limit.TotalSeconds:0} s.");
            }
            catch (HttpRequestException e)
            {
                return new SinkAnswer(Refused(e) is { } refused ? refused.Message : $"{address.Host} could not be reached: {Core.Input.EnumNames.Of(e.HttpRequestError)}.");
            }
            catch (IOException)
            {
                return new SinkAnswer($"The answer of {address.Host} broke off.");
            }
        }
    }

    /// <exception cref="RefusedAddressException">An address of the host is private.</exception>
    internal static async Task<IPAddress[]> PublicAddressesAsync(string host, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        return Array.TrueForAll(addresses, PublicAddress.Is) ? addresses : throw new RefusedAddressException(host);
    }

    private static HttpClient Client(bool allowPrivate)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, allowPrivate, cancellationToken),
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint to, bool allowPrivate, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (allowPrivate) await socket.ConnectAsync(to, cancellationToken);
            else await socket.ConnectAsync(await PublicAddressesAsync(to.Host, cancellationToken), to.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static RefusedAddressException? Refused(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is RefusedAddressException refused) return refused;
        }

        return null;
    }

    private async Task<SinkAnswer> RefusalAsync(HttpResponseMessage response, Uri address, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400) return new SinkAnswer($"{address.Host} answered {status}, a redirect, which is not followed.");
        var said = Shown(await BeginningAsync(response, cancellationToken), address);
        return new SinkAnswer($"{address.Host} answered {status}{(said.Length == 0 ? "" : $": {said}")}", RetryAfter(response.Headers.RetryAfter));
    }

    private static async Task<string> BeginningAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[MostBytes];
        var read = await body.ReadAtLeastAsync(bytes, MostBytes, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(bytes, 0, read);
    }

    /// <summary>The beginning of what a sink said, unless it repeats a part of its own address.</summary>
    private static string Shown(string body, Uri address)
    {
        var said = new string([.. body.Where(c => !char.IsControl(c)).Take(MostShown)]).Trim();
        var secrets = address.PathAndQuery.Split('/', '?', '&', '=').Where(s => s.Length >= 6);
        return secrets.Any(s => said.Contains(s, StringComparison.OrdinalIgnoreCase)) ? "" : said;
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date && date - _time.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : null);
}
