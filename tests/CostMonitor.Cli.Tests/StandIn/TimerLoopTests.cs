using System.Threading.Channels;
using CostMonitor.Cli.StandIn;

namespace CostMonitor.Cli.Tests.StandIn;

public sealed class TimerLoopTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 12, 2, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset FivePast = new(2026, 5, 1, 12, 5, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset TenPast = new(2026, 5, 1, 12, 10, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("costmon-timer-").FullName;
    private readonly StepClock _clock = new(Start);
    private readonly Channel<(ScheduleStatus? Status, bool IsPastDue)> _runs = Channel.CreateUnbounded<(ScheduleStatus?, bool)>();
    private readonly CancellationTokenSource _stop = new();

    private ScheduleStatusFile Memory => new(Path.Combine(_folder, "timers", "Tick.json"));

    [Fact]
    public async Task Run_GivenItsFirstStart_WaitsForTheNextOccurrence()
    {
        using var loop = Loop("0 */5 * * * *");
        var run = loop.RunAsync(_stop.Token);
        await _clock.ArmedAsync();

        _clock.Advance(TimeSpan.FromMinutes(3));
        var first = await NextRunAsync();
        await _clock.ArmedAsync();
        _clock.Advance(TimeSpan.FromMinutes(5));
        var second = await NextRunAsync();

        Assert.Equal((new ScheduleStatus(default, FivePast, Start), false), first);
        Assert.Equal((new ScheduleStatus(FivePast, TenPast, FivePast), false), second);
        await StopAsync(run);
    }

    [Fact]
    public async Task Run_GivenAnOccurrenceMissedWhileDown_CatchesUpOnce()
    {
        var before = new ScheduleStatus(Start.AddMinutes(-12), Start.AddMinutes(-7), Start.AddMinutes(-12)); // 11:50, 11:55
        await Memory.WriteAsync(before, _stop.Token);
        using var loop = Loop("0 */5 * * * *");

        var run = loop.RunAsync(_stop.Token);

        Assert.Equal((before, true), await NextRunAsync());
        await _clock.ArmedAsync();
        Assert.Equal(new ScheduleStatus(Start, FivePast, Start), await Memory.ReadAsync(_stop.Token));
        Assert.False(_runs.Reader.TryPeek(out _));
        await StopAsync(run);
    }

    [Fact]
    public async Task Run_GivenAScheduleThatWasChangedWhileDown_IsNotPastDue()
    {
        await Memory.WriteAsync(new ScheduleStatus(Start.AddMinutes(-62), Start.AddMinutes(-2), Start.AddMinutes(-62)), _stop.Token); // hourly
        using var loop = Loop("0 */5 * * * *");

        var run = loop.RunAsync(_stop.Token);
        await _clock.ArmedAsync();

        Assert.False(_runs.Reader.TryPeek(out _));
        Assert.Equal(FivePast, (await Memory.ReadAsync(_stop.Token))?.Next);
        await StopAsync(run);
    }

    [Fact]
    public async Task Run_GivenRunOnStartup_RunsAtOnce()
    {
        using var loop = Loop("0 */5 * * * *", runOnStartup: true);

        var run = loop.RunAsync(_stop.Token);

        Assert.False((await NextRunAsync()).IsPastDue);
        await StopAsync(run);
    }

    [Fact]
    public async Task Run_GivenASubMinuteSchedule_KeepsNoStatus()
    {
        using var loop = Loop("*/10 * * * * *");
        var run = loop.RunAsync(_stop.Token);
        await _clock.ArmedAsync();

        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal((null, false), await NextRunAsync());
        Assert.Null(await Memory.ReadAsync(_stop.Token));
        await StopAsync(run);
    }

    [Fact]
    public async Task Run_GivenARunThatOutlastsItsInterval_NeverOverlapsAndSkipsWhatItMissed()
    {
        var finish = new TaskCompletionSource<InvocationOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var loop = Loop("0 */5 * * * *", finish.Task);
        var run = loop.RunAsync(_stop.Token);
        await _clock.ArmedAsync();
        _clock.Advance(TimeSpan.FromMinutes(3));
        await NextRunAsync();

        _clock.Advance(TimeSpan.FromMinutes(12)); // 12:17, two occurrences later
        Assert.False(_runs.Reader.TryPeek(out _));
        finish.SetResult(new InvocationOutcome.Succeeded([]));
        await _clock.ArmedAsync();
        _clock.Advance(TimeSpan.FromMinutes(3));

        await NextRunAsync();
        Assert.False(_runs.Reader.TryPeek(out _));
        await StopAsync(run);
    }

    public void Dispose()
    {
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private TimerLoop Loop(string schedule, Task<InvocationOutcome>? answer = null, bool runOnStartup = false) => new(
        new("Tick", "timer", TimerSchedule.TryParse(schedule) ?? throw new ArgumentException(schedule), runOnStartup, true), Memory,
        async (status, isPastDue, _) =>
        {
            await _runs.Writer.WriteAsync((status, isPastDue), _stop.Token);
            return answer is null ? new InvocationOutcome.Succeeded([]) : await answer;
        },
        _clock);

    private async Task<(ScheduleStatus? Status, bool IsPastDue)> NextRunAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _runs.Reader.ReadAsync(patience.Token);
    }

    private async Task StopAsync(Task run)
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }
}
