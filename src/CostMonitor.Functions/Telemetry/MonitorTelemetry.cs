using System.Runtime.CompilerServices;
using CostMonitor.Core.Input;

namespace CostMonitor.Functions.Telemetry;

/// <summary>Opens the telemetry that the settings ask for. The library of Application Insights is loaded only where that is the case.</summary>
internal static partial class MonitorTelemetry
{
    /// <param name="setting">Gives the app's settings.</param>
    /// <param name="invocation">Gives the id of the invocation that is running; null outside of any.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Takes what goes wrong.</param>
    /// <returns>What keeps everything to itself when no connection string is set, or when the settings are faulty: that is logged, and the app runs on.</returns>
    public static IMonitorTelemetry Open(Func<string, string?> setting, Func<string?> invocation, TimeProvider time, ILogger logger)
    {
        try
        {
            return InsightsSettings.Read(setting) is { } settings ? Create(settings, invocation, time, logger) : new NoTelemetry();
        }
        catch (InputException e)
        {
            foreach (var fault in e.Faults) Log.FaultySetting(logger, fault.ToString());
            return new NoTelemetry([.. e.Faults.Select(static f => $"Telemetry is not sent: {f}")]);
        }
    }

    // A method of its own, so that nothing above it needs the library.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IMonitorTelemetry Create(InsightsSettings settings, Func<string?> invocation, TimeProvider time, ILogger logger) =>
        new InsightsTelemetry(settings, invocation, time, logger);

    private static partial class Log
    {
        [LoggerMessage(713, LogLevel.Error, "Telemetry is not sent: {Fault}")]
        public static partial void FaultySetting(ILogger logger, string fault);
    }
}
