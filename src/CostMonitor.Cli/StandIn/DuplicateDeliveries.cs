using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CostMonitor.Cli.StandIn;

/// <summary>Delivers a share of the queue messages twice, since storage queues promise only at least once.</summary>
/// <param name="Share">The share of messages that come twice: 0 to 1.</param>
/// <param name="Seed">The same seed chooses the same ordinals; which message has an ordinal is up to the queue.</param>
public sealed record DuplicateDeliveries(double Share, int Seed)
{
    /// <summary>How the message that is the <paramref name="ordinal"/>th of its queue is delivered.</summary>
    internal Repeat Of(string queue, long ordinal)
    {
        var hash = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{Seed}|{queue}|{ordinal}"));
        var draw = BinaryPrimitives.ReadUInt32LittleEndian(hash) / (uint.MaxValue + 1.0);
        if (draw >= Share) return Repeat.None;
        return (hash[4] & 1) == 0 ? Repeat.Concurrently : Repeat.Afterwards;
    }

    internal enum Repeat
    {
        None,

        /// <summary>As when the first delivery outlasts its visibility.</summary>
        Concurrently,

        /// <summary>As when the first delivery succeeds and its deletion fails.</summary>
        Afterwards,
    }
}
