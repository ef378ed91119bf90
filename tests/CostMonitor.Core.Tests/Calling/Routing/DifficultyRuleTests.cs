using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Routing;

namespace CostMonitor.Core.Tests.Calling.Routing;

public sealed class DifficultyRuleTests
{
    private const string List3 = "Do this:\n- one\n- two\n- three", List6 = "1. a b\n2. a b\n3. a b\n4) a b\n5) a b\n6) a b";

    /// <summary>The question and its points, counted by hand after the rule's list.</summary>
    public static TheoryData<string, int> Questions => new()
    {
        { "", 0 },
        { "What is the capital of France?", 0 },
        { "Translate 'good morning' to Spanish.", 0 },
        { "Summarise this text in one sentence.", 0 },
        { "Is this review positive or negative? It was fine.", 0 },
        { "Improve this sentence.", 0 }, // not "prove"
        { "Who is the best designer in town?", 0 }, // not "design"
        { "Name three colours. Which one is warm?", 0 },
        { "Welche Farbe hat der Himmel?", 0 },
        { "法国的首都是哪里？", 0 },
        { "Wer? Was? Wann?", 1 }, // three questions
        { "من؟ ماذا؟ متى؟", 1 },
        { "谁？什么？何时？", 1 },
        { List3, 1 },
        { "- one\n- two", 0 },
        { "-5 degrees\n-6 degrees\n-7 degrees", 0 }, // numbers, no items
        { List6, 2 },
        { "a? b? c? d? e? f?", 2 },
        { "Compare tea and coffee.", 2 },
        { "Explain why the sky is blue.", 2 },
        { "Prove that there are infinitely many primes.", 2 },
        { "PROVE IT", 2 },
        { "What does ```x = 1``` do?", 2 },
        { "Solve ∫ x dx.", 2 },
        { "SELECT name FROM users: which index helps?", 2 },
        { "证明这个定理。", 2 },
        { "Beweise den Satz.", 2 },
        { "Démontre le théorème.", 2 },
        { "Demuestra el teorema paso a paso.", 3 }, // two such words
        { "Analyse the plan step by step.", 3 },
        { "Compare these two: prove which is faster.", 3 },
        { "Derive ∑ 1/n² and explain.", 4 }, // a formula and a word
        { "Refactor this:\n```\nif (a) { b(); }\n```", 4 },
        { "Prove or refute:\n- one\n- two\n- three", 3 }, // a word and three items
        { Words(199), 0 },
        { Words(200), 1 },
        { Words(799), 1 },
        { Words(800), 2 },
        { Words(2999), 2 },
        { Words(3000), 3 },
        { Words(800) + " " + List3, 3 },
        { Words(200) + " Compare them.", 3 },
    };

    [Theory]
    [MemberData(nameof(Questions))]
    public void Judge_GivenAQuestion_CountsItsPoints(string prompt, int points)
    {
        var judged = DifficultyRule.Judge(null, prompt);

        Assert.Equal((points, points >= 3 ? PromptDifficulty.Hard : PromptDifficulty.Easy), (judged.Points, judged.Difficulty));
    }

    [Fact]
    public void Judge_GivenASchemaAndTools_CountsOneForEach()
    {
        Assert.Equal(1, DifficultyRule.Judge(null, "hi", hasSchema: true).Points);
        Assert.Equal(2, DifficultyRule.Judge(null, "hi", hasSchema: true, hasTools: true).Points);
    }

    [Fact]
    public void Judge_GivenASystemInstruction_CountsItsReasoningWordsAndNotItsLength()
    {
        Assert.Equal(0, DifficultyRule.Judge(Words(5000), "hi").Points);
        Assert.Equal(2, DifficultyRule.Judge("Think step by step.", "hi").Points);
        Assert.Equal(3, DifficultyRule.Judge("Think step by step.", "Compare tea and coffee.").Points);
    }

    [Fact]
    public void Judge_GivenSigns_NamesEachWithItsPointsAndNoWordOfTheQuestion()
    {
        var judged = DifficultyRule.Judge(null, "Refactor this secret:\n```\nx\n```", hasTools: true);

        Assert.Equal("5 points: code or formulas 2, asks for reasoning 2, tools 1", judged.Reason);
        Assert.Equal("0 points", DifficultyRule.Judge(null, "hi").Reason);
    }

    // A token a word: no word is longer than four letters.
    private static string Words(int count) => string.Join(' ', Enumerable.Repeat("word", count));
}
