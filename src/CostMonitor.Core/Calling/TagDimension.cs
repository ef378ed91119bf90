namespace CostMonitor.Core.Calling;

/// <summary>What a call's tags say of it: a call has at most one value in each.</summary>
public enum TagDimension
{
    Team,
    App,
    Feature,
    User,
    Experiment,
}
