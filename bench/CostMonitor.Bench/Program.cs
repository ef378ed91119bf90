using System.Runtime.InteropServices;
using CostMonitor.Bench;

// Measures what the arguments name, and all of it without an argument. 'serve', 'first-call' and 'load-prices' are the bench's own child processes.
if (args is ["serve", var delay, var tokens]) return await ModelServerProcess.ServeAsync(delay, tokens);
if (args is ["first-call", var address, var warm]) return await FirstCall.RunAsync(address, warm == "warm");
if (args is ["load-prices"]) return PricingBench.LoadOnce();

string[] all = ["latency", "overhead", "batch", "start", "prices", "reprice", "limiter", "cache", "calling", "chaos", "ledger", "hardcap", "idle"];
var wanted = args.Length > 0 ? args : all;
if (wanted.Except(all).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine($"There is no '{unknown}' to measure; expected {string.Join(", ", all)}.");
    return 2;
}

Console.WriteLine($"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}");
if (wanted.Contains("latency")) await LatencyBench.RunAsync();
if (wanted.Contains("overhead")) await OverheadBench.RunAsync();
var app = wanted.Contains("batch") || wanted.Contains("start") || wanted.Contains("idle") ? await PublishedApp.CreateAsync() : "";
if (wanted.Contains("batch")) await BatchBench.RunAsync(app);
if (wanted.Contains("start")) await StartBench.RunAsync(app);
if (wanted.Contains("prices")) PricingBench.Run();
if (wanted.Contains("reprice")) await RepricingBench.RunAsync();
if (wanted.Contains("limiter")) await LimiterBench.RunAsync();
if (wanted.Contains("cache")) await CacheBench.RunAsync();
if (wanted.Contains("calling")) await CallingBench.RunAsync();
if (wanted.Contains("chaos")) await ChaosBench.RunAsync();
if (wanted.Contains("ledger")) await LedgerBench.RunAsync();
if (wanted.Contains("idle")) await IdleBench.RunAsync(app);
if (wanted.Contains("hardcap") && !await HardCapBench.RunAsync()) return 1;
return 0;
