namespace CostMonitor.Core.Alerts;

/// <summary>Where alerts go: each is kept once under its key, and delivered from there.</summary>
public interface IAlertOutbox
{
    /// <summary>Keeps an alert and has it delivered, unless there is one under its key.</summary>
    /// <returns>True for the one caller whose alert it is.</returns>
    Task<bool> RaiseAsync(Alert alert, CancellationToken cancellationToken);

    /// <summary>Marks the alert under the key as over, and has that delivered; once, and only if there is such an alert.</summary>
    /// <param name="recovery">Tells that it is over: its key is that of the alert.</param>
    /// <returns>True for the one caller whose recovery it is.</returns>
    Task<bool> RecoverAsync(Alert recovery, CancellationToken cancellationToken);
}
