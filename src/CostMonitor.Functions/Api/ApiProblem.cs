using CostMonitor.Core.Input;

namespace CostMonitor.Functions.Api;

/// <summary>A request that is answered with a problem (RFC 9457).</summary>
internal sealed class ApiProblem(int status, string title, IReadOnlyList<InputFault> faults) : Exception(title)
{
    public ApiProblem(int status, string title) : this(status, title, [])
    {
    }

    public int Status { get; } = status;

    public IReadOnlyList<InputFault> Faults { get; } = faults;

    public static ApiProblem NotFound(string what) => new(StatusCodes.Status404NotFound, $"There is no {what}.");
}
