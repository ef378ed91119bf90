using System.Text.Json;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Chain;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.AI;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

public sealed class CacheKeysTests
{
    private static readonly ModelKey Model = new("openai", "gpt-4o");

    /// <summary>A question, and beside it the same with one thing changed.</summary>
    private static readonly (string What, Func<CacheKey?> Key)[] Changes =
    [
        ("nothing", () => Key()),
        ("provider", () => Key(model: new ModelKey("azure-openai", "gpt-4o"))),
        ("model", () => Key(model: new ModelKey("openai", "gpt-4o-mini"))),
        ("prompt version", () => Key(settings: new CallSettings { PromptVersion = "2" })),
        ("segment", () => Key(settings: new CallSettings { Segment = "2" })),
        ("text", () => Key(change: m => m[1] = new ChatMessage(ChatRole.User, "Name a town!"))),
        ("case of text", () => Key(change: m => m[1] = new ChatMessage(ChatRole.User, "name a town."))),
        ("system", () => Key(change: m => m[0] = new ChatMessage(ChatRole.System, "Be long."))),
        ("no system", () => Key(change: m => m.RemoveAt(0))),
        ("role", () => Key(change: m => m[1] = new ChatMessage(ChatRole.Assistant, "Name a town."))),
        ("order", () => Key(change: m => m.Reverse())),
        ("author", () => Key(change: m => m[1].AuthorName = "x")),
        ("further message", () => Key(change: m => m.Add(new ChatMessage(ChatRole.User, "")))),
        ("text in two", () => Key(change: m => m[1] = new ChatMessage(ChatRole.User, [new TextContent("Name a "), new TextContent("town.")]))),
        ("text as reasoning", () => Key(change: m => m[1] = new ChatMessage(ChatRole.User, [new TextReasoningContent("Name a town.")]))),
        ("image", () => Key(change: m => m[1].Contents.Add(new DataContent(new byte[] { 1, 2 }, "image/png")))),
        ("other image", () => Key(change: m => m[1].Contents.Add(new DataContent(new byte[] { 1, 3 }, "image/png")))),
        ("image's type", () => Key(change: m => m[1].Contents.Add(new DataContent(new byte[] { 1, 2 }, "image/gif")))),
        ("address", () => Key(change: m => m[1].Contents.Add(new UriContent("https://a/b", "image/png")))),
        ("other address", () => Key(change: m => m[1].Contents.Add(new UriContent("https://a/c", "image/png")))),
        ("call", () => Key(change: m => m[1].Contents.Add(new FunctionCallContent("1", "f", new Dictionary<string, object?> { ["a"] = 1 })))),
        ("call's argument", () => Key(change: m => m[1].Contents.Add(new FunctionCallContent("1", "f", new Dictionary<string, object?> { ["a"] = 2 })))),
        ("call's argument as text", () => Key(change: m => m[1].Contents.Add(new FunctionCallContent("1", "f", new Dictionary<string, object?> { ["a"] = "1" })))),
        ("result", () => Key(change: m => m[1].Contents.Add(new FunctionResultContent("1", "r")))),
        ("other result", () => Key(change: m => m[1].Contents.Add(new FunctionResultContent("1", "s")))),
        ("content's property", () => Key(change: m => m[1].Contents[0].AdditionalProperties = new() { ["cache_control"] = "x" })),
        ("message's property", () => Key(change: m => m[1].AdditionalProperties = new() { ["cache_control"] = "x" })),
        ("instructions", () => Key(o => o.Instructions = "x")),
        ("model id", () => Key(o => o.ModelId = "x")),
        ("temperature", () => Key(o => o.Temperature = 0.5f)),
        ("no temperature", () => Key(o => o.Temperature = null)),
        ("top p", () => Key(o => o.TopP = 0.2f)),
        ("top k", () => Key(o => o.TopK = 1)),
        ("frequency", () => Key(o => o.FrequencyPenalty = 0.2f)),
        ("presence", () => Key(o => o.PresencePenalty = 0.2f)),
        ("limit", () => Key(o => o.MaxOutputTokens = 1)),
        ("seed", () => Key(o => o.Seed = 1)),
        ("stop", () => Key(o => o.StopSequences = ["ab"])),
        ("stops", () => Key(o => o.StopSequences = ["a", "b"])),
        ("text format", () => Key(o => o.ResponseFormat = ChatResponseFormat.Text)),
        ("json", () => Key(o => o.ResponseFormat = ChatResponseFormat.Json)),
        ("schema", () => Key(o => o.ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"type":"object"}""")))),
        ("other schema", () => Key(o => o.ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"type":"string"}""")))),
        ("schema's name", () => Key(o => o.ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"type":"object"}"""), "n"))),
        ("effort", () => Key(o => o.Reasoning = new ReasoningOptions { Effort = ReasoningEffort.Low })),
        ("other effort", () => Key(o => o.Reasoning = new ReasoningOptions { Effort = ReasoningEffort.High })),
        ("shown reasoning", () => Key(o => o.Reasoning = new ReasoningOptions { Output = ReasoningOutput.Full })),
        ("tools", () => Key(o => o.Tools = [First, Second])),
        ("tools' order", () => Key(o => o.Tools = [Second, First])),
        ("one tool", () => Key(o => o.Tools = [First])),
        ("tool's description", () => Key(o => o.Tools = [AIFunctionFactory.CreateDeclaration("f", "other", First.JsonSchema)])),
        ("tool's schema", () => Key(o => o.Tools = [AIFunctionFactory.CreateDeclaration("f", "first", JsonElement.Parse("""{"type":"string"}"""))])),
        ("no tool mode", () => Key(o => o.ToolMode = ChatToolMode.None)),
        ("auto", () => Key(o => o.ToolMode = ChatToolMode.Auto)),
        ("any", () => Key(o => o.ToolMode = ChatToolMode.RequireAny)),
        ("required", () => Key(o => o.ToolMode = ChatToolMode.RequireSpecific("f"))),
        ("several calls", () => Key(o => o.AllowMultipleToolCalls = true)),
        ("not several calls", () => Key(o => o.AllowMultipleToolCalls = false)),
        ("property", () => Key(o => o.AdditionalProperties = new() { ["a"] = "1" })),
        ("property's name", () => Key(o => o.AdditionalProperties = new() { ["b"] = "1" })),
        ("property as a number", () => Key(o => o.AdditionalProperties = new() { ["a"] = 1 })),
        ("property as a flag", () => Key(o => o.AdditionalProperties = new() { ["a"] = true })),
        ("two properties", () => Key(o => o.AdditionalProperties = new() { ["a"] = "1", ["b"] = "1" })),
    ];

    private static AIFunctionDeclaration First => AIFunctionFactory.CreateDeclaration("f", "first", JsonElement.Parse("""{"type":"object"}"""));

    private static AIFunctionDeclaration Second => AIFunctionFactory.CreateDeclaration("g", "second", JsonElement.Parse("""{"type":"object"}"""));

    [Fact]
    public void Of_GivenAnySingleChange_IsAnotherKey()
    {
        var keys = Changes.Select(c => (c.What, Key: c.Key())).ToArray();

        Assert.DoesNotContain(keys, k => k.Key is null);
        Assert.Empty(keys.GroupBy(k => k.Key).Where(g => g.Count() > 1).Select(g => string.Join(" = ", g.Select(k => k.What))));
    }

    [Fact]
    public void Of_GivenTheSameTwice_IsTheSameKey() => Assert.All(Changes, c => Assert.Equal(c.Key(), c.Key()));

    [Fact]
    public void Of_GivenAnyTextsInAnyFields_IsTheSameOnlyForTheSameFields()
    {
        var texts = ArbMap.Default.ArbFor<string[]>().Generator.Select(t => t.Select(s => s ?? "").ToArray());
        // Two lists that hold the same characters in the same order, cut at different places, are the nearest that two questions can be.
        var pairs = (from list in texts from cut in Gen.Choose(0, 20) select (list, Cut(list, cut))).ToArbitrary();

        Prop.ForAll(pairs, pair => (Of(pair.list) == Of(pair.Item2)) == pair.list.SequenceEqual(pair.Item2, StringComparer.Ordinal)).QuickCheckThrowOnFailure();

        static CacheKey? Of(string[] texts) => CacheKeys.Of(Model, [.. texts.Select(t => new ChatMessage(ChatRole.User, t))], null, CallSettings.Default);
    }

    [Fact]
    public void Of_GivenHalfASurrogatePair_IsNotThatOfItsReplacement() =>
        Assert.Equal(3, new[] { "\uD800", "\uD801", "\uFFFD" }.Select(t => Key(change: m => m[1] = new ChatMessage(ChatRole.User, t))).Distinct().Count());

    [Fact]
    public void Of_GivenPropertiesInAnotherOrder_IsTheSame() => Assert.Equal(
        Key(o => o.AdditionalProperties = new() { ["a"] = 1, ["b"] = 2 }), Key(o => o.AdditionalProperties = new() { ["b"] = 2, ["a"] = 1 }));

    [Fact]
    public void Of_GivenTheChainsOwnProperties_IgnoresThem()
    {
        ChatOptions? options = ModelCall.With(Options(), CallSettings.Default with { Id = "a" });
        ModelCall.Ensure(ref options, TimeProvider.System);

        Assert.Equal(Key(), CacheKeys.Of(Model, Messages(), options, CallSettings.Default));
    }

    [Fact]
    public void Of_GivenWhatNoKeyCovers_IsNone()
    {
        Assert.Null(Key(o => o.RawRepresentationFactory = _ => new object()));
        Assert.Null(Key(o => o.ConversationId = "c"));
        Assert.Null(Key(o => o.Tools = [new HostedWebSearchTool()]));
        Assert.Null(Key(o => o.AdditionalProperties = new() { ["a"] = new object() }));
        Assert.Null(Key(change: m => m[1].Contents.Add(new HostedFileContent("file"))));
        Assert.Null(Key(change: m => m[1].Contents.Add(new OwnContent())));
        Assert.Null(Key(change: m => m[1].RawRepresentation = "raw"));
        Assert.Null(Key(change: m => m[1].Contents.Add(new FunctionResultContent("1", new object()))));
    }

    [Theory]
    [InlineData("name A TOWN")]
    [InlineData("  Name\ta\r\n town?! ")]
    public void NearOf_GivenOtherCaseSpaceOrEnd_IsTheSame(string text) => Assert.Equal(Near("Name a town."), Near(text));

    [Theory]
    [InlineData("Name a tower.")]
    [InlineData("Name, a town.")]
    [InlineData("Nameatown.")]
    public void NearOf_GivenOtherWords_IsAnother(string text) => Assert.NotEqual(Near("Name a town."), Near(text));

    [Fact]
    public void NearOf_GivenTheExactKey_IsAnother() => Assert.NotEqual(CacheKeys.Of(Model, [new(ChatRole.User, "a")], null, CallSettings.Default), Near("a"));

    [Fact]
    public void NearOf_GivenTools_IsNone() =>
        Assert.Null(CacheKeys.NearOf(Model, Messages(), new ChatOptions { Tools = [First] }, CallSettings.Default));

    [Fact]
    public void Of_GivenAPromptOfOneKilobyte_AllocatesNothing()
    {
        ChatMessage[] messages = [new(ChatRole.System, "Be brief."), new(ChatRole.User, new string('x', 1024))];
        ChatOptions? options = new() { Temperature = 0.2f, MaxOutputTokens = 64, Seed = 7, ResponseFormat = ChatResponseFormat.Json };
        ModelCall.Ensure(ref options, TimeProvider.System);
        for (var i = 0; i < 100; i++) CacheKeys.Of(Model, messages, options, CallSettings.Default);

        var before = GC.GetAllocatedBytesForCurrentThread();
        CacheKeys.Of(Model, messages, options, CallSettings.Default);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static CacheKey? Near(string text) => CacheKeys.NearOf(Model, [new ChatMessage(ChatRole.User, text)], null, CallSettings.Default);

    private static CacheKey? Key(Action<ChatOptions>? with = null, ModelKey? model = null, CallSettings? settings = null, Action<List<ChatMessage>>? change = null)
    {
        var (messages, options) = (Messages(), Options());
        change?.Invoke(messages);
        with?.Invoke(options);
        return CacheKeys.Of(model ?? Model, messages, options, settings ?? CallSettings.Default);
    }

    private static List<ChatMessage> Messages() => [new(ChatRole.System, "Be brief."), new(ChatRole.User, "Name a town.")];

    private static ChatOptions Options() => new() { Temperature = 0.2f };

    private static string[] Cut(string[] list, int at)
    {
        var all = string.Concat(list);
        var place = Math.Min(at, all.Length);
        return [all[..place], all[place..]];
    }

    private sealed class OwnContent : AIContent;
}
