namespace CostMonitor.Cli.Tests.StandIn;

/// <summary>What a host or an app has said so far, and a way to wait for what it will say.</summary>
internal sealed class OutputLines
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<string> _lines = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(string line)
    {
        lock (_lines)
        {
            _lines.Add(line);
            _more.SetResult();
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public int Count(string part)
    {
        lock (_lines) return _lines.Count(line => line.Contains(part, StringComparison.Ordinal));
    }

    /// <summary>Waits until <paramref name="count"/> lines contain the text; the failure shows all lines.</summary>
    public async Task<string> WaitForAsync(string part, int count = 1)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Task more;
            lock (_lines)
            {
                if (_lines.Where(line => line.Contains(part, StringComparison.Ordinal)).ElementAtOrDefault(count - 1) is { } found) return found;
                more = _more.Task;
            }
            try
            {
                await more.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                lock (_lines) Assert.Fail($"No {count} lines with '{part}' in:\n{string.Join('\n', _lines)}");
            }
        }
    }
}
