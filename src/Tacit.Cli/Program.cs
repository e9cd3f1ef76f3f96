using Tacit.Cli;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;

using var interrupt = new Interrupt(Console.Error);
return await TacitCommand.RunAsync(args, Terminal.OfProcess(), interrupt.Token);
