using System.CommandLine;
using System.CommandLine.Parsing;
using Spectre.Console;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;
using TorchSharp;

namespace Tacit.Cli.Options;

/// <summary>The options of verbs whose runs can be stopped and gone on with: --device, --threads, --checkpoint-every, --resume, --force.</summary>
internal sealed class RunOptionGroup
{
    private readonly Terminal _terminal;
    private readonly Option<string> _device = Devices.Option();
    private readonly Option<int> _threads = Numbers.Integer("--threads", [], 0, 1024, 0, "Number of threads; 0 for one per core.");
    private readonly Option<int> _checkpoint = Numbers.Integer("--checkpoint-every", [], 0, 86_400, 60, "Seconds between checkpoints.");
    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "Resume an interrupted run. All other options come from the run.",
        HelpName = "RUN",
    };
    private readonly Option<bool> _force;
    private readonly bool _hasOutput;

    /// <summary>Adds the options.</summary>
    /// <param name="terminal">Where it is told what is fetched first.</param>
    /// <param name="command">The command.</param>
    /// <param name="hasOutput">Whether a run writes a file elsewhere than in its folder, which --force overwrites, too.</param>
    public RunOptionGroup(Terminal terminal, Command command, bool hasOutput = false)
    {
        _terminal = terminal;
        _hasOutput = hasOutput;
        _force = new Option<bool>("--force") { Description = $"Overwrite {(hasOutput ? "the output and " : "")}an earlier run." };
        foreach (var option in new Option[] { _device, _threads, _checkpoint, _resume, _force })
        {
            command.Add(option);
        }
    }

    /// <summary>How a run is kept.</summary>
    public RunSettings Settings(ParseResult parsed) =>
        new(
            parsed.GetValue(_force),
            new RunFolderOptions { CheckpointInterval = TimeSpan.FromSeconds(parsed.GetValue(_checkpoint)) },
            _terminal.Time
        );

    /// <summary>Where to compute, if this machine has it; libtorch is loaded then, and told how many threads compute.</summary>
    /// <exception cref="UsageException">It has not, or there is no libtorch.</exception>
    public string Device(ParseResult parsed)
    {
        var device = Devices.Check(parsed.GetValue(_device)!, _terminal);
        if (parsed.GetValue(_threads) is > 0 and var threads)
        {
            torch.set_num_threads(threads);
        }

        return device;
    }

    /// <summary>Begins a run or goes on with one, and shows what came of it; one that is finished is left as it is.</summary>
    /// <typeparam name="T">What it is asked to do.</typeparam>
    /// <param name="parsed">The command line.</param>
    /// <param name="common">How the result is shown.</param>
    /// <param name="kind">What kind of run it is.</param>
    /// <param name="arguments">What stands without an option; null where it was left out.</param>
    /// <param name="begin">Begins a run.</param>
    /// <param name="resume">Goes on with one whose device is there.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<int> RunAsync<T>(
        ParseResult parsed,
        CommonOptions common,
        RunKind<T> kind,
        IEnumerable<string?> arguments,
        Func<IProgress<StageProgress>, Task<IRunJob>> begin,
        Func<RunHost<T>, IProgress<StageProgress>, Task<IRunJob>> resume,
        CancellationToken cancellation
    )
        where T : RunRequest
    {
        using var run = parsed.GetValue(_resume) is { } folder ? Open(parsed, kind, arguments, folder) : null;
        if (run?.Result is { } result)
        {
            common.Show(
                parsed,
                _terminal,
                new Report(result, new Note($"{Files.Shown(run.Folder)} is finished, nothing is changed: {Files.Shown(run.Output)}"))
            );
            return ExitCode.Success;
        }

        var report = await ProgressDisplay.RunAsync(
            _terminal,
            async progress =>
            {
                using var job = run is null ? await begin(progress) : await ResumeAsync(run, resume, progress);
                return await job.RunAsync(progress, cancellation);
            }
        );
        common.Show(parsed, _terminal, report);
        return ExitCode.Success;
    }

    private Task<IRunJob> ResumeAsync<T>(
        RunHost<T> run,
        Func<RunHost<T>, IProgress<StageProgress>, Task<IRunJob>> resume,
        IProgress<StageProgress> progress
    )
        where T : RunRequest
    {
        Devices.Check(run.Request.Device, _terminal);
        torch.set_num_threads(run.ThreadCount);
        return resume(run, progress);
    }

    // Nothing may stand beside --resume that the run knows.
    private RunHost<T> Open<T>(ParseResult parsed, RunKind<T> kind, IEnumerable<string?> arguments, string folder)
        where T : RunRequest
    {
        string[] allowed =
        [
            _resume.Name,
            _checkpoint.Name,
            CommonOptions.JsonName,
            CommonOptions.VerboseName,
            .. _hasOutput ? [_force.Name] : Array.Empty<string>(),
        ];
        var given = parsed
            .CommandResult.Children.OfType<OptionResult>()
            .FirstOrDefault(option => !option.Implicit && !allowed.Contains(option.Option.Name));
        return (arguments.FirstOrDefault(argument => argument is not null) ?? given?.IdentifierToken?.Value) is { } other
            ? throw new UsageException($"--resume takes all options from the run; remove {other}")
            : RunHost<T>.Open(kind, folder, Settings(parsed));
    }
}
