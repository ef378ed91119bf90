namespace CostMonitor.Core.Pricing.Import;

/// <summary>Why something of a source was not taken over. Reports count by these words.</summary>
internal static class SkipReasons
{
    public const string Sample = "an example of the format, not a model";
    public const string NoProvider = "names no provider";
    public const string NoName = "has a name that no model can have";
    public const string NoPrice = "has no price that can be charged here";
    public const string Inexact = "has more digits than can be kept exactly";
    public const string Negative = "is negative, which stands for a price that varies";
    public const string TooHigh = "is above 100,000 USD per million tokens: a unit seems mixed up";
    public const string TwoFigures = "contradicts another field of the entry for the same tokens";
    public const string TierOnly = "holds above a limit only; there is no price below it";
    public const string PerSecond = "is charged by the second";
    public const string PerCharacter = "is charged by the character";
    public const string PerPixel = "is charged by the pixel";
    public const string PerPage = "is charged by the page or credit";
    public const string Search = "is charged by the web search or query";
    public const string Video = "is for video";
    public const string Citation = "is for cited text";
    public const string Dbu = "is in DBU, not in a currency";
    public const string Tool = "is for a tool or for storage";
    public const string Multiplier = "multiplies prices for a way of processing that has no tier here";
    public const string Ranges = "gives prices by ranges of the prompt without saying which part of it they are for";
    public const string AudioCacheWrite = "is for audio written to a cache, which is no class of tokens here";
    public const string PromptImage = "is for each image of a prompt; prices per image here are for generated ones";
    public const string ImageTwice = "is the price of an image whose tokens have a price too";
    public const string ImageAboveLimit = "is for each image of a long prompt";
    public const string Unknown = "is a field that is not known";
    public const string TimeOfDay = "depends on the time of day";
    public const string Condition = "depends on a condition that is not understood";
    public const string Past = "is a price of the past whose first day is not stated";
    public const string Rule = "is a rule for names that patterns here cannot express";
    public const string NameTaken = "is a name that an earlier entry of the source takes";
}
