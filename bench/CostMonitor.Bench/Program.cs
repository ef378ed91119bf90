using System.Runtime.InteropServices;
using CostMonitor.Bench;

// bench [latency] [overhead] [batch] [start] [prices] [reprice] [calling] [chaos]: all of them without an argument. 'serve', 'first-call' and 'load-prices' are the bench's own
// child processes.
if (args is ["serve", var delay, var tokens]) return await ModelServerProcess.ServeAsync(delay, tokens);
if (args is ["first-call", var address, var warm]) return await FirstCall.RunAsync(address, warm == "warm");
if (args is ["load-prices"]) return PricingBench.LoadOnce();

var wanted = args.Length > 0 ? args : ["latency", "overhead", "batch", "start", "prices", "reprice", "calling", "chaos"];
Console.WriteLine($"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}");
if (wanted.Contains("latency")) await LatencyBench.RunAsync();
if (wanted.Contains("overhead")) await OverheadBench.RunAsync();
var app = wanted.Contains("batch") || wanted.Contains("start") ? await PublishedApp.CreateAsync() : "";
if (wanted.Contains("batch")) await BatchBench.RunAsync(app);
if (wanted.Contains("start")) await StartBench.RunAsync(app);
if (wanted.Contains("prices")) PricingBench.Run();
if (wanted.Contains("reprice")) await RepricingBench.RunAsync();
if (wanted.Contains("calling")) await CallingBench.RunAsync();
if (wanted.Contains("chaos")) await ChaosBench.RunAsync();
return 0;
