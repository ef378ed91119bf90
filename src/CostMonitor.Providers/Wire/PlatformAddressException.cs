namespace CostMonitor.Providers.Wire;

/// <summary>A model's endpoint leads to an address of the cloud's own services.</summary>
internal sealed class PlatformAddressException(string host) : IOException($"{host} leads to an address of the platform's own services.");
