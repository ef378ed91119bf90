namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>A sink's name leads to an address that it must not have.</summary>
internal sealed class RefusedAddressException(string host)
    : IOException($"{host} leads to a private address, which only a sink with \"allowPrivate\": true may have.");
