using CostMonitor.Core.Input;

namespace CostMonitor.Core.Checks;

/// <summary>Something that is not as the app needs it, in words for whoever mends it. It holds no secret and no stack trace.</summary>
/// <param name="Where">The setting, file, service or account that is meant.</param>
/// <param name="What">What is wrong there, as sentences.</param>
/// <param name="Mend">What to do, as sentences; empty where <paramref name="What"/> says it.</param>
public sealed record Problem(string Where, string What, string Mend)
{
    public static Problem Of(InputFault fault) => new(fault.Path.Length == 0 ? fault.File : $"{fault.File} {fault.Path}", fault.Problem, "");

    public override string ToString() => Mend.Length == 0 ? $"{Where}: {What}" : $"{Where}: {What} {Mend}";
}
