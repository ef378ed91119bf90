using CostMonitor.Core.Plans;

namespace CostMonitor.Functions.Tests.AlertQueue;

/// <summary>Kills a process at one of its steps, and lets it do nothing more from then on.</summary>
internal sealed class Mortality(Func<string, bool> kills)
{
    private readonly Lock _gate = new();
    private bool _isDead;

    public static Mortality None => new(static _ => false);

    /// <summary>Where it died; null while it lives.</summary>
    public string? DiedAt { get; private set; }

    /// <summary>Dies at the n-th step of a kind, counted from 1.</summary>
    public static Mortality At(string step, int n = 1) => new(s => s == step && --n == 0);

    /// <summary>Dies at any step with one chance.</summary>
    public static Mortality Seeded(ulong seed, double chance)
    {
        var random = new SeededRandom(seed);
        return new Mortality(_ => random.NextDouble() < chance);
    }

    /// <exception cref="KilledException">It is dead.</exception>
    public void Step(string step)
    {
        lock (_gate)
        {
            if (!_isDead && kills(step)) (_isDead, DiedAt) = (true, step);
            if (_isDead) throw new KilledException();
        }
    }
}
