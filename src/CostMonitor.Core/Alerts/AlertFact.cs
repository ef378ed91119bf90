namespace CostMonitor.Core.Alerts;

/// <summary>One line of an alert, formatted for people, as in <c>Spent</c>, <c>$4,012.50</c>.</summary>
public readonly record struct AlertFact(string Name, string Value);
