namespace CostMonitor.Core.Contracts;

/// <summary>The three kinds of format contract.</summary>
public enum OutputFormat
{
    /// <summary>C: plain text.</summary>
    Text,

    /// <summary>B: text with required sections.</summary>
    Sections,

    /// <summary>A: one JSON value, valid against a schema if the prompt gives one.</summary>
    Json,
}
