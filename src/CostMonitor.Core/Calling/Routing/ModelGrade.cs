namespace CostMonitor.Core.Calling.Routing;

/// <summary>Which end of its family a model stands at, by the word of whoever wrote models.json.</summary>
public enum ModelGrade
{
    /// <summary>Cheap and fast; enough for easy questions.</summary>
    Small,

    /// <summary>The best that the family has; for hard questions.</summary>
    Flagship,
}
