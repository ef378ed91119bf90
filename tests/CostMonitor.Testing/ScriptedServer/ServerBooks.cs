namespace CostMonitor.Testing.ScriptedServer;

/// <summary>What a scripted server has served.</summary>
/// <param name="Accepted">Requests met, the sum of the others once none is under way.</param>
/// <param name="Answered">Streams that came to their end: what a provider would bill.</param>
/// <param name="Refused">Bodies in place of a stream, mostly of an error.</param>
/// <param name="Cut">Answers that did not come to their end, whoever ended them.</param>
public readonly record struct ServerBooks(int Accepted, int Answered, int Refused, int Cut)
{
    public static ServerBooks operator +(ServerBooks a, ServerBooks b) =>
        new(a.Accepted + b.Accepted, a.Answered + b.Answered, a.Refused + b.Refused, a.Cut + b.Cut);

    public static ServerBooks Add(ServerBooks left, ServerBooks right) => left + right;
}
