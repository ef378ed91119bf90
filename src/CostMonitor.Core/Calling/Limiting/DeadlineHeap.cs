namespace CostMonitor.Core.Calling.Limiting;

/// <summary>The waiting calls by their deadlines, the earliest first; each knows its place, so that it can leave without a search.</summary>
internal sealed class DeadlineHeap
{
    private readonly List<WaitingCall> _calls = [];

    public WaitingCall? First => _calls.Count == 0 ? null : _calls[0];

    public void Add(WaitingCall call)
    {
        _calls.Add(call);
        Rise(call, _calls.Count - 1);
    }

    public void Remove(WaitingCall call)
    {
        var (place, last) = (call.Place, _calls[^1]);
        _calls.RemoveAt(_calls.Count - 1);
        call.Place = -1;
        if (last == call) return;
        if (place > 0 && last.Deadline < _calls[(place - 1) / 2].Deadline) Rise(last, place);
        else Sink(last, place);
    }

    private void Rise(WaitingCall call, int place)
    {
        while (place > 0 && call.Deadline < _calls[(place - 1) / 2].Deadline)
        {
            Put(_calls[(place - 1) / 2], place);
            place = (place - 1) / 2;
        }

        Put(call, place);
    }

    private void Sink(WaitingCall call, int place)
    {
        while (true)
        {
            var child = (2 * place) + 1;
            if (child >= _calls.Count) break;
            if (child + 1 < _calls.Count && _calls[child + 1].Deadline < _calls[child].Deadline) child++;
            if (_calls[child].Deadline >= call.Deadline) break;
            Put(_calls[child], place);
            place = child;
        }

        Put(call, place);
    }

    private void Put(WaitingCall call, int place) => (_calls[place], call.Place) = (call, place);
}
