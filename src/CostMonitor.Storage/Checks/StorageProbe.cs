using System.Globalization;
using Azure;
using CostMonitor.Core.Checks;

namespace CostMonitor.Storage.Checks;

/// <summary>Asks both services of an account for next to nothing, once and within seconds, and says what is wrong with them.</summary>
public sealed class StorageProbe
{
    /// <summary>What identity and service together may take to answer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly StorageAccount _account;
    private readonly TimeProvider _time;

    internal StorageProbe(StorageAccount account, TimeProvider time) => (_account, _time) = (account, time);

    /// <summary>A probe of the account that <see cref="StorageAccount.FromSettings(string, Func{string, string})"/> reads. Make one and keep it: it holds the connections.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing or unusable; the message names it.</exception>
    /// <exception cref="FormatException">The connection string is malformed.</exception>
    public static StorageProbe Open(string connection, Func<string, string?> setting, TimeProvider time) =>
        new(StorageAccount.FromSettings(connection, setting, new TransportSettings { Retries = 0, NetworkTimeout = Limit, Time = time }), time);

    /// <summary>Every way in which the account is not as the app needs it; empty when it answers both.</summary>
    public async Task<IReadOnlyList<Problem>> ProblemsAsync(CancellationToken cancellationToken)
    {
        Problem?[] addresses = [StorageDiagnosis.OfAddress(StorageService.Table, _account.TableEndpoint), StorageDiagnosis.OfAddress(StorageService.Queue, _account.QueueEndpoint)];
        if (Array.Exists(addresses, static a => a is not null)) return [.. addresses.OfType<Problem>()];
        var answers = await Task.WhenAll(AskAsync(StorageService.Table, cancellationToken), AskAsync(StorageService.Queue, cancellationToken));
        // An identity that gives no token fails both services alike, and is one problem.
        return [.. answers.Select(a => StorageDiagnosis.Of(a, _account.Identity)).Append(StorageDiagnosis.OfClock(answers)).OfType<Problem>().DistinctBy(static p => (p.Where, p.What))];
    }

    /// <summary>What is wrong when a client's request failed.</summary>
    public Problem Of(StorageException e) => StorageDiagnosis.Of(ServiceAnswer.Of(e, _account), _account.Identity) is { } problem
        ? problem with { What = $"{problem.What} ({e.Message})" }
        : new Problem("storage", e.Message, "");

    internal async Task<ServiceAnswer> AskAsync(StorageService service, CancellationToken cancellationToken)
    {
        var answer = new ServiceAnswer(service, service == StorageService.Table ? _account.TableEndpoint : _account.QueueEndpoint);
        using var limit = new CancellationTokenSource(Limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _account.AuthenticateAsync(either.Token);
        }
        catch (Exception e) when (e is Azure.Identity.AuthenticationFailedException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return answer with { Failure = new Azure.Identity.AuthenticationFailedException(e is OperationCanceledException ? "It did not answer in time." : e.Message, e) };
        }

        try
        {
            using var message = _account.ListOne(service);
            var asked = _time.GetUtcNow();
            var response = await _account.SendAsync(service, message, either.Token);
            return Read(answer, response, asked + (_time.GetUtcNow() - asked) / 2);
        }
        catch (StorageException e)
        {
            return answer with { Failure = e.InnerException ?? e };
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return answer with { Failure = new TimeoutException("No answer came in time.", e) };
        }
    }

    private static ServiceAnswer Read(ServiceAnswer answer, Response response, DateTimeOffset now) => answer with
    {
        Status = response.Status,
        ErrorCode = response.IsError ? StorageError.Parse(response).Code : null,
        IsStorage = response.Headers.Contains("x-ms-version") || response.Headers.Contains("x-ms-request-id"),
        Ahead = response.Headers.TryGetValue("Date", out var text)
            && DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date - now : null,
    };
}
