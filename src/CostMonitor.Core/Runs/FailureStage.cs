namespace CostMonitor.Core.Runs;

/// <summary>Where on its way a call failed.</summary>
public enum FailureStage
{
    /// <summary>Before anything was sent: not configured, or refused by a budget.</summary>
    Admission,

    /// <summary>No connection could be made, or no answer came in time.</summary>
    Connect,

    /// <summary>The provider answered with an error.</summary>
    Provider,

    /// <summary>The answer broke off or went quiet after it had begun.</summary>
    Stream,

    /// <summary>The answer came, but not in the provider's format.</summary>
    Parse,

    /// <summary>The request does not fit the model's contract, such as a parameter that it does not take.</summary>
    Contract,
}
