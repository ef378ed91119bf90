namespace CostMonitor.Providers.Prices;

/// <summary>Azure's price list, asked at most once a day: its last good answer is kept in a file and used meanwhile, and when the service cannot be reached.</summary>
/// <param name="client">Asks the service.</param>
/// <param name="file">The kept answer; it need not exist.</param>
/// <param name="time">The clock that says how old it is.</param>
public sealed class RetailPriceList(RetailPricesClient client, string file, TimeProvider time)
{
    /// <summary>The service asks nobody to wait, and lists change monthly; more often than this is of no use.</summary>
    public static TimeSpan Fresh { get; } = TimeSpan.FromDays(1);

    /// <param name="refresh">True to ask even if the kept answer is less than a day old.</param>
    /// <exception cref="HttpRequestException">The service could not be reached, and no answer is kept.</exception>
    /// <exception cref="Core.Input.InputException">The service's answer is not what it documents.</exception>
    public async Task<RetailReading> ReadAsync(bool refresh, CancellationToken cancellationToken)
    {
        var kept = RetailAnswerFile.Find(file, client.Address, RetailPricesClient.Filter);
        if (kept is not null && !refresh && Age(kept) < Fresh) return new RetailReading(kept, Age(kept), "it is less than a day old");
        try
        {
            var answer = await client.AskAsync(cancellationToken);
            RetailAnswerFile.Write(file, answer);
            return new RetailReading(answer, null, null);
        }
        catch (HttpRequestException e) when (kept is not null)
        {
            return new RetailReading(kept, Age(kept), e.Message);
        }
    }

    private TimeSpan Age(RetailAnswer answer) => time.GetUtcNow() - answer.ReadAt;
}
