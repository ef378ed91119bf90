namespace CostMonitor.Bench;

/// <summary>Counts the lines in which the app says that a chunk is done.</summary>
internal sealed class ChunkLines
{
    private readonly Lock _lock = new();
    private string _mark = "";
    private int _left;
    private TaskCompletionSource _done = new();

    /// <summary>Takes one line of the app's output.</summary>
    public void Read(string line)
    {
        lock (_lock)
        {
            if (_left > 0 && line.Contains(_mark, StringComparison.Ordinal) && --_left == 0) _done.SetResult();
        }
    }

    /// <summary>Ends when so many chunks of a batch are done.</summary>
    public Task WaitAsync(string batch, int chunks)
    {
        lock (_lock)
        {
            (_mark, _left, _done) = ($" of {batch} is done: ", chunks, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return _done.Task.WaitAsync(TimeSpan.FromMinutes(5));
        }
    }
}
