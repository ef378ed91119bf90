using System.Globalization;
using System.Net;
using System.Text.Json;
using Azure.Core;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing.Azure;
using CostMonitor.Providers.Wire;

namespace CostMonitor.Providers.Prices;

/// <summary>Asks Azure's public price list for the prices of Azure OpenAI. It needs no credential.</summary>
/// <param name="http">Without redirects, as <see cref="CreateHttp"/> makes it.</param>
/// <param name="address">The service: <see cref="DefaultAddress"/>.</param>
/// <param name="time">The clock of waits, timeouts and the time of reading.</param>
/// <remarks>https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices</remarks>
public sealed class RetailPricesClient(HttpClient http, Uri address, TimeProvider time)
{
    /// <summary>The service has been renamed once and lists its meters under either name; filters compare with regard to case.</summary>
    public const string Filter = "(serviceName eq 'Foundry Models' or serviceName eq 'Cognitive Services') and contains(productName,'OpenAI')";

    /// <summary>Ten times the pages that the list had in 2025, of 100 prices each.</summary>
    private const int MostPages = 1_000;

    private const int MostAttempts = 4;

    private static readonly TimeSpan PageTimeout = TimeSpan.FromSeconds(60), LongestRetryAfter = TimeSpan.FromSeconds(60);

    private readonly DelayStrategy _waits = DelayStrategy.CreateExponentialDelayStrategy(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));

    public static Uri DefaultAddress { get; } = new("https://prices.azure.com/");

    public Uri Address => address;

    public static HttpClient CreateHttp() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.All })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 64 * 1024 * 1024,
    };

    /// <summary>Reads the whole list: every page until there is no next one.</summary>
    /// <exception cref="HttpRequestException">The service could not be reached, or kept refusing; the message says where and how often it was asked.</exception>
    /// <exception cref="InputException">A page is not what the service documents, or its next link leads elsewhere or in a circle.</exception>
    public async Task<RetailAnswer> AskAsync(CancellationToken cancellationToken)
    {
        var (meters, pages, asked) = (new List<RetailMeter>(), new List<JsonElement>(), new HashSet<Uri>());
        Uri? link = new(address, $"api/retail/prices?api-version={AzureImport.ApiVersion}&currencyCode='USD'&$filter={Uri.EscapeDataString(Filter)}");
        while (link is not null)
        {
            asked.Add(link);
            var name = string.Create(CultureInfo.InvariantCulture, $"{address.Host}, page {asked.Count}");
            var page = RetailPage.Read(await GetAsync(link, cancellationToken), name);
            meters.AddRange(page.Meters);
            pages.Add(page.Items);
            link = Next(page.NextPageLink, name, asked);
        }

        return new RetailAnswer(address, Filter, time.GetUtcNow(), meters, pages);
    }

    private Uri? Next(string? text, string page, HashSet<Uri> asked)
    {
        if (text is null) return null;
        const string Path = "$.NextPageLink";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var link) || (link.Scheme, link.Host, link.Port) != (address.Scheme, address.Host, address.Port))
        {
            throw new InputException(page, Path, $"Expected an address of {address.GetLeftPart(UriPartial.Authority)}, got '{text}'.");
        }

        if (asked.Contains(link)) throw new InputException(page, Path, "It leads back to a page that was read before.");
        if (asked.Count >= MostPages) throw new InputException(page, Path, string.Create(CultureInfo.InvariantCulture, $"There are more than {MostPages} pages."));
        return link;
    }

    private async Task<string> GetAsync(Uri link, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var got = await TryGetAsync(link, cancellationToken);
            if (got.Text is { } text) return text;
            if (!got.MayPass || got.AskedWait > LongestRetryAfter || attempt == MostAttempts)
            {
                throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"Azure's price list could not be read: {got.Failure} (asked {attempt} {(attempt == 1 ? "time" : "times")})."));
            }

            await Task.Delay(got.AskedWait ?? _waits.GetNextDelay(null, attempt), time, cancellationToken);
        }
    }

    private async Task<Attempt> TryGetAsync(Uri link, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(PageTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var response = await http.GetAsync(link, either.Token);
            var text = await response.Content.ReadAsStringAsync(either.Token);
            if (response.StatusCode == HttpStatusCode.OK) return new Attempt(text);
            var failure = string.Create(CultureInfo.InvariantCulture, $"{address.Host} answered {(int)response.StatusCode}");
            return response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
                ? new Attempt(null, failure, MayPass: true, RetryHint.Of(response.Headers))
                : new Attempt(null, $"{failure}: {Shortened(text)}");
        }
        catch (HttpRequestException e)
        {
            return new Attempt(null, $"{address.Host} could not be reached, {e.Message}", MayPass: true);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new Attempt(null, string.Create(CultureInfo.InvariantCulture, $"{address.Host} gave no answer within {PageTimeout.TotalSeconds} s"), MayPass: true);
        }
    }

    private static string Shortened(string text) => text.Length <= 200 ? text : text[..200] + "...";

    /// <summary>How one try to read a page ended.</summary>
    /// <param name="Text">The page; null if it was not read.</param>
    /// <param name="Failure">What was in the way.</param>
    /// <param name="MayPass">True if asking again may help.</param>
    /// <param name="AskedWait">How long the service asks to wait; null if it does not say.</param>
    private readonly record struct Attempt(string? Text, string Failure = "", bool MayPass = false, TimeSpan? AskedWait = null);
}
