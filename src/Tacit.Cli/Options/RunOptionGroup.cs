using System.CommandLine;
using System.CommandLine.Parsing;
using Spectre.Console;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;
using TorchSharp;

namespace Tacit.Cli.Options;

/// <summary>The options of commands with resumable runs: --device, --threads, --checkpoint-every, --resume, --force.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>--device: cpu (default) or cuda[:N], see <see cref="Devices"/></item>
/// <item>--threads: threads of libtorch. Default 0, one per core</item>
/// <item>--checkpoint-every: seconds between checkpoints, 0 to 86,400. Default 60</item>
/// <item>--resume: the folder of a stopped run</item>
/// <item>--force: overwrites an earlier run</item>
/// </list>
/// With --resume, the run determines everything. Only --checkpoint-every, --json and --verbose may be given, too, and --force if the run
/// writes a file outside its folder.
/// </remarks>
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

    /// <summary>Adds the options to a command.</summary>
    /// <param name="terminal">The output streams.</param>
    /// <param name="command">The command.</param>
    /// <param name="hasOutput">Whether a run writes a file outside its folder, which --force overwrites, too. Default false.</param>
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

    /// <summary>Returns how the run is stored: --force and --checkpoint-every.</summary>
    public RunSettings Settings(ParseResult parsed) =>
        new(
            parsed.GetValue(_force),
            new RunFolderOptions { CheckpointInterval = TimeSpan.FromSeconds(parsed.GetValue(_checkpoint)) },
            _terminal.Time
        );

    /// <summary>Loads libtorch, sets its number of threads, and returns the name of the device.</summary>
    /// <exception cref="UsageException">This machine does not have the device, or libtorch is missing.</exception>
    public string Device(ParseResult parsed)
    {
        var device = Devices.Check(parsed.GetValue(_device)!, _terminal);
        if (parsed.GetValue(_threads) is > 0 and var threads)
        {
            torch.set_num_threads(threads);
        }

        return device;
    }

    /// <summary>
    /// Begins or resumes a run and shows its result. If the run is already finished, shows its stored result and changes nothing.
    /// </summary>
    /// <typeparam name="T">The type of the request.</typeparam>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="common">The options for the output.</param>
    /// <param name="kind">The kind of run.</param>
    /// <param name="arguments">
    /// The values of positional arguments; null for one that is omitted. With --resume, all must be omitted.
    /// </param>
    /// <param name="begin">Begins a run.</param>
    /// <param name="resume">Resumes a run. Its device has been checked, and its number of threads set.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">An option or argument is given that --resume takes from the run.</exception>
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

    /// <summary>Opens the run to resume. Options that the run determines must not be given.</summary>
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
