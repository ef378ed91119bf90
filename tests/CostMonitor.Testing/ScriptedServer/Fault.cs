namespace CostMonitor.Testing.ScriptedServer;

/// <summary>What goes wrong in the middle of a scripted answer.</summary>
public enum Fault
{
    None,

    /// <summary>The connection is reset.</summary>
    Cut,

    /// <summary>The body ends properly, but too early.</summary>
    EndEarly,

    /// <summary>Nothing more comes, and the connection stays.</summary>
    Hang,

    /// <summary>An event that is no JSON.</summary>
    InvalidJson,

    /// <summary>The provider's error as an event.</summary>
    ErrorEvent,

    /// <summary>The connection is reset before the head of the answer.</summary>
    ResetBeforeHead,

    /// <summary>The request is read and nothing is ever answered, not even a head.</summary>
    Silence,

    /// <summary>The body ends properly, in the middle of an event.</summary>
    HalfEvent,
}
