using CostMonitor.Core.Contracts;

namespace CostMonitor.Core.Tests.Contracts;

public sealed class ErrorShapeTests
{
    [Theory]
    [InlineData("""{"error":{"message":"Rate limit reached","type":"requests","param":null,"code":"rate_limit_exceeded"}}""")] // OpenAI
    [InlineData("""{"error":{"code":"DeploymentNotFound","message":"The API deployment does not exist."}}""")] // Azure OpenAI
    [InlineData("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""")] // Anthropic
    [InlineData("""{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}""")] // Google
    [InlineData("  \n{\"error\":{\"message\":\"m\",\"type\":\"t\"}}\n")]
    [InlineData("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body></html>")]
    [InlineData("<!DOCTYPE html><html><head><title>example.com | 504: Gateway time-out</title></head></html>")]
    [InlineData("<HTML><HEAD><TITLE>403 Forbidden</TITLE></HEAD></HTML>")]
    public void IsProviderError_GivenAnErrorReport_SaysSo(string answer) => Assert.True(ErrorShape.IsProviderError(answer));

    [Theory]
    [InlineData("")]
    [InlineData("The status 429 is an error: the client sent too many requests.")] // trap M079
    [InlineData("""{"error":false,"rows":3}""")]
    [InlineData("""{"error":"none"}""")]
    [InlineData("""{"error":{"message":"no kind"}}""")]
    [InlineData("""{"errors":[{"message":"a","type":"b"}]}""")]
    [InlineData("""{"kind":"log","text":"\"error\""}""")]
    [InlineData("""{"error": broken}""")]
    [InlineData("<!DOCTYPE html><html><head><title>404 Not Found</title></head></html>")] // a page that a prompt may ask for
    [InlineData("<!DOCTYPE html><html><head><title>5 ways to save</title></head></html>")]
    [InlineData("<!DOCTYPE html><html><head><title>Pay</title></head><body>Our payment gateway</body></html>")]
    public void IsProviderError_GivenAnAnswer_SaysNo(string answer) => Assert.False(ErrorShape.IsProviderError(answer));

    [Fact]
    public void IsProviderError_GivenHalfASurrogatePair_SaysNo() =>
        Assert.False(ErrorShape.IsProviderError("{\"error\":\"" + '\ud83d' + "\"}"));
}
