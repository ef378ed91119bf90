using CostMonitor.Core.Calling;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Tests.Chain;
using Xunit;

namespace CostMonitor.Providers.Tests.Calling;

public sealed class SettingsTests
{
    [Fact]
    public async Task CompleteAsync_GivenTagsAndAPriority_HandsThemToTheChain()
    {
        CallSettings? asked = null;
        var client = new AnyClient(options =>
        {
            asked = ModelCall.Of(options)?.Settings;
            return AnyClient.Texts("yes");
        });
        var request = Given.Request(Given.Chat) with { Tags = new CallTags { Team = "search", User = "u1" }, Priority = CallPriority.Critical };

        await new MeteredCompletionClient(new Deployment(Given.Chat), client, TimeProvider.System).CompleteAsync(request, CancellationToken.None);

        Assert.Equal((request.Tags, CallPriority.Critical), (asked?.Tags, asked?.Priority));
    }
}
