using System.Text;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>Collects an answer that no attempt of this call brought.</summary>
internal sealed class CachedText
{
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    public string? FinishReason { get; private set; }

    public string? AnsweredBy { get; private set; }

    public void Note(ChatResponseUpdate update)
    {
        foreach (var content in update.Contents.OfType<TextContent>()) _text.Append(content.Text);
        FinishReason = update.FinishReason?.Value ?? FinishReason;
        AnsweredBy = update.ModelId ?? AnsweredBy;
    }
}
