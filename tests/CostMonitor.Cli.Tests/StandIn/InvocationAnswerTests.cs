using System.Net;
using System.Text;
using CostMonitor.Cli.StandIn;

namespace CostMonitor.Cli.Tests.StandIn;

public sealed class InvocationAnswerTests
{
    [Theory]
    [InlineData(200, "application/json", "{}")]
    [InlineData(201, "text/json", """{"outputs":{},"returnValue":3}""")]
    [InlineData(200, "Application/JSON", """{"Logs":null}""")]
    public void Judge_GivenWhatTheHostTakes_Succeeds(int status, string mediaType, string body) =>
        Assert.IsType<InvocationOutcome.Succeeded>(Judge(status, mediaType, body));

    [Theory]
    [InlineData(200, "application/json", "", "empty body")]
    [InlineData(204, null, "", "empty body")]
    [InlineData(200, "application/json", "null", "answered null")]
    [InlineData(200, "text/plain", "{}", "text/plain")]
    [InlineData(200, null, "{}", "(none)")]
    [InlineData(200, "application/json", """{"Logs":"one"}""", "Logs")]
    [InlineData(200, "application/json", """{"Logs":[1]}""", "Logs")]
    [InlineData(200, "application/json", "[]", "Array")]
    [InlineData(200, "application/json", "{", "not valid JSON")]
    [InlineData(500, "application/json", "{}", "500")]
    [InlineData(302, "application/json", "{}", "302")]
    public void Judge_GivenWhatTheHostRefuses_FailsAndSaysWhy(int status, string? mediaType, string body, string reason) =>
        Assert.Contains(reason, Assert.IsType<InvocationOutcome.Failed>(Judge(status, mediaType, body)).Reason, StringComparison.Ordinal);

    [Fact]
    public void Judge_GivenLogs_KeepsThemInOrder() =>
        Assert.Equal(["a", "b"], Assert.IsType<InvocationOutcome.Succeeded>(Judge(200, "application/json", """{"logs":["a","b"]}""")).Logs);

    private static InvocationOutcome Judge(int status, string? mediaType, string body) =>
        InvocationAnswer.Judge((HttpStatusCode)status, mediaType, Encoding.UTF8.GetBytes(body));
}
