namespace CostMonitor.Core.Calling;

/// <summary>For whom and for what a call is made: one value in each dimension, so that the parts of a bill add up to it.</summary>
/// <remarks>
/// Each value is 1 to 100 characters without control characters and without <c>/ \ # ? |</c>, and to set another one is an
/// <see cref="ArgumentException"/>; null where the caller says nothing.
/// </remarks>
public sealed record CallTags
{
    public const int Longest = 100;

    /// <summary>What a value must be, as a fault says it.</summary>
    public const string Rule = "1 to 100 characters, without control characters and without / \\ # ? |";

    /// <summary>Stands for no value where a value is shown or asked for. A tag of this very name counts as none.</summary>
    public const string NoValue = "(none)";

    public static CallTags None { get; } = new();

    public string? Team { get; init => field = Checked(value); }

    public string? App { get; init => field = Checked(value); }

    public string? Feature { get; init => field = Checked(value); }

    /// <summary>An opaque name of the user; never an e-mail address or a person's name.</summary>
    public string? User { get; init => field = Checked(value); }

    public string? Experiment { get; init => field = Checked(value); }

    public string? this[TagDimension dimension] => dimension switch
    {
        TagDimension.Team => Team,
        TagDimension.App => App,
        TagDimension.Feature => Feature,
        TagDimension.User => User,
        TagDimension.Experiment => Experiment,
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, "Not a dimension."),
    };

    /// <exception cref="ArgumentException">The value is not <see cref="IsValid"/>.</exception>
    public CallTags With(TagDimension dimension, string? value) => dimension switch
    {
        TagDimension.Team => this with { Team = value },
        TagDimension.App => this with { App = value },
        TagDimension.Feature => this with { Feature = value },
        TagDimension.User => this with { User = value },
        TagDimension.Experiment => this with { Experiment = value },
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, "Not a dimension."),
    };

    /// <summary>These tags, and the other ones in the dimensions where these say nothing.</summary>
    public CallTags Over(CallTags usual) => this == None ? usual : new CallTags
    {
        Team = Team ?? usual.Team,
        App = App ?? usual.App,
        Feature = Feature ?? usual.Feature,
        User = User ?? usual.User,
        Experiment = Experiment ?? usual.Experiment,
    };

    /// <summary>Whether these tags have each value that is wanted; <see cref="NoValue"/> wants none in its dimension.</summary>
    public bool Meet(CallTags wanted) =>
        Enum.GetValues<TagDimension>().All(d => wanted[d] is not { } value || (this[d] ?? NoValue) == value);

    public static bool IsValid(string value) =>
        value.Length is > 0 and <= Longest && !value.Any(static c => char.IsControl(c) || c is '/' or '\\' or '#' or '?' or '|');

    private static string? Checked(string? value) =>
        value is null || IsValid(value) ? value : throw new ArgumentException($"A tag is {Rule}; this one has {value.Length} characters.");
}
