using System.CommandLine;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Input;

namespace CostMonitor.Cli.Commands;

/// <summary>The options <c>--team</c>, <c>--app</c>, <c>--feature</c>, <c>--user</c> and <c>--experiment</c>, which keep the runs of one value each.</summary>
internal sealed class TagOptions
{
    private readonly (TagDimension Dimension, Option<string?> Option)[] _options =
    [
        .. Enum.GetValues<TagDimension>().Select(d => (d, new Option<string?>($"--{EnumNames.Of(d)}")
        {
            Description = $"Only the runs of this {EnumNames.Of(d)}; {CallTags.NoValue} for those without one.",
        })),
    ];

    public void AddTo(Command command)
    {
        foreach (var (_, option) in _options) command.Options.Add(option);
    }

    /// <exception cref="InputException">All values that are no tags.</exception>
    public CallTags Read(ParseResult parsed)
    {
        var (tags, faults) = (CallTags.None, new InputFaults());
        foreach (var (dimension, option) in _options)
        {
            if (parsed.GetValue(option) is not { } value) continue;
            if (CallTags.IsValid(value)) tags = tags.With(dimension, value);
            else faults.Add("arguments", option.Name, $"'{value}' is no tag: expected {CallTags.Rule}.");
        }

        faults.ThrowIfAny();
        return tags;
    }
}
