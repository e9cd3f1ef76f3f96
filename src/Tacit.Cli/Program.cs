using Tacit.Cli.CommandLine;
using Tacit.Cli.Rendering;

using var interrupt = new Interrupt(Console.Error);
return await TacitCommand.RunAsync(args, Terminal.OfProcess(), interrupt.Token);
