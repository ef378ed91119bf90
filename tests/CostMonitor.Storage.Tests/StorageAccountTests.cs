using Xunit;

namespace CostMonitor.Storage.Tests;

public sealed class StorageAccountTests
{
    private const string Key = "c2VjcmV0LWtleQ==";

    [Theory]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10002/devstoreaccount1", "http://127.0.0.1:10001/devstoreaccount1")]
    [InlineData("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite",
        "http://azurite:10002/devstoreaccount1", "http://azurite:10001/devstoreaccount1")]
    [InlineData($"AccountName=acct;AccountKey={Key}", "https://acct.table.core.windows.net/", "https://acct.queue.core.windows.net/")]
    [InlineData($"DefaultEndpointsProtocol=http;AccountName=acct;AccountKey={Key};EndpointSuffix=core.chinacloudapi.cn;",
        "http://acct.table.core.chinacloudapi.cn/", "http://acct.queue.core.chinacloudapi.cn/")]
    [InlineData($"AccountName=acct;AccountKey={Key};TableEndpoint=http://here:1/acct;QueueEndpoint=http://there:2/acct;BlobEndpoint=http://b:3",
        "http://here:1/acct", "http://there:2/acct")]
    public void FromConnectionString_GivenAGoodOne_FindsBothServices(string text, string table, string queue)
    {
        var account = StorageAccount.FromConnectionString(text);

        Assert.Equal((table, queue), (account.TableEndpoint.AbsoluteUri, account.QueueEndpoint.AbsoluteUri));
    }

    [Theory]
    [InlineData("", "no AccountName")]
    [InlineData("AccountName=acct", "no AccountKey")]
    [InlineData($"AccountKey={Key}", "no AccountName")]
    [InlineData("AccountName=acct;AccountKey=secret!!", "AccountKey in the storage connection string is not base64")]
    [InlineData($"AccountName=acct;{Key}", "Part 2 of the storage connection string has an unknown name")]
    [InlineData("AccountName=acct;secret", "Part 2 of the storage connection string is not 'Name=value'")]
    [InlineData($"AccountName=a;AccountName=b;AccountKey={Key}", "AccountName twice")]
    [InlineData($"AccountName=a;AccountKey={Key};TableEndpoint=nowhere", "TableEndpoint")]
    [InlineData($"AccountName=a;AccountKey={Key};DefaultEndpointsProtocol=ftp", "DefaultEndpointsProtocol")]
    [InlineData("TableEndpoint=https://a;SharedAccessSignature=sig=secret", "SharedAccessSignature")]
    [InlineData("UseDevelopmentStorage=false", "UseDevelopmentStorage")]
    public void FromConnectionString_GivenABadOne_NamesThePartAndShowsNoValue(string text, string expected)
    {
        var e = Assert.Throws<FormatException>(() => StorageAccount.FromConnectionString(text));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromSettings_GivenAConnectionString_ReadsIt()
    {
        var account = StorageAccount.FromSettings("AzureWebJobsStorage", From(("AzureWebJobsStorage", "UseDevelopmentStorage=true")));

        Assert.Equal(10002, account.TableEndpoint.Port);
    }

    [Theory]
    [InlineData("Storage__accountName")]
    [InlineData("Storage:accountName")]
    public void FromSettings_GivenAnAccountName_UsesAnIdentityOnIt(string name)
    {
        var account = StorageAccount.FromSettings("Storage", From((name, "acct"), ("Storage__credential", "managedidentity"), ("Storage__clientId", "id")));

        Assert.Equal(("https://acct.table.core.windows.net/", "https://acct.queue.core.windows.net/"),
            (account.TableEndpoint.AbsoluteUri, account.QueueEndpoint.AbsoluteUri));
    }

    [Fact]
    public void FromSettings_GivenServiceAddresses_UsesThem()
    {
        var account = StorageAccount.FromSettings("Storage", From(("Storage__tableServiceUri", "https://t"), ("Storage__queueServiceUri", "https://q")));

        Assert.Equal(("https://t/", "https://q/"), (account.TableEndpoint.AbsoluteUri, account.QueueEndpoint.AbsoluteUri));
    }

    [Fact]
    public void FromSettings_GivenNothing_SaysWhatToSet()
    {
        var e = Assert.Throws<InvalidOperationException>(() => StorageAccount.FromSettings("Storage", _ => null));

        Assert.Equal("No storage account: set Storage to a connection string, or Storage__accountName, or Storage__tableServiceUri.", e.Message);
    }

    [Theory]
    [InlineData("Storage__credential", "password", "Storage__credential is 'password'")]
    [InlineData("Storage__queueServiceUri", "http://q", "Storage__queueServiceUri is 'http://q'")]
    public void FromSettings_GivenAnUnusableValue_NamesTheSetting(string name, string value, string expected)
    {
        var e = Assert.Throws<InvalidOperationException>(() => StorageAccount.FromSettings("Storage", From(("Storage__accountName", "acct"), (name, value))));

        Assert.StartsWith(expected, e.Message, StringComparison.Ordinal);
    }

    private static Func<string, string?> From(params (string Name, string Value)[] settings) =>
        name => settings.Where(s => s.Name == name).Select(s => s.Value).FirstOrDefault();
}
