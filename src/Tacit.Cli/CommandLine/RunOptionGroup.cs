using System.CommandLine;
using Tacit.Cli.Rendering;
using Tacit.Learning.Training;

namespace Tacit.Cli.CommandLine;

/// <summary>The options of verbs whose runs can be stopped and gone on with: --device, --threads, --checkpoint-every, --resume, --force.</summary>
internal sealed class RunOptionGroup
{
    private readonly Terminal _terminal;
    private readonly Option<string> _device = Devices.Option();
    private readonly Option<int> _threads = Numbers.Integer("--threads", [], 0, 1024, 0, "Threads that compute; 0 for one per core.");
    private readonly Option<int> _checkpoint = Numbers.Integer(
        "--checkpoint-every",
        [],
        0,
        86_400,
        60,
        "Seconds between checkpoints: what a crash may cost."
    );
    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "Go on with a run that was stopped; it knows all else.",
        HelpName = "RUN",
    };
    private readonly Option<bool> _force;

    /// <summary>Adds the options.</summary>
    /// <param name="terminal">Where it is told what is fetched first.</param>
    /// <param name="command">The command.</param>
    /// <param name="overwritten">What --force overwrites.</param>
    public RunOptionGroup(Terminal terminal, Command command, string overwritten = "an earlier run")
    {
        _terminal = terminal;
        _force = new Option<bool>("--force") { Description = $"Overwrite {overwritten}." };
        foreach (var option in new Option[] { _device, _threads, _checkpoint, _resume, _force })
        {
            command.Add(option);
        }
    }

    /// <summary>The run to go on with; null to begin one.</summary>
    public string? Resumed(ParseResult parsed) => parsed.GetValue(_resume);

    /// <summary>Whether what is there may be overwritten.</summary>
    public bool Force(ParseResult parsed) => parsed.GetValue(_force);

    /// <summary>The threads; 0 for one per core.</summary>
    public int Threads(ParseResult parsed) => parsed.GetValue(_threads);

    /// <summary>Where to compute, if this machine has it; libtorch is loaded then.</summary>
    /// <exception cref="UsageException">It has not, or there is no libtorch.</exception>
    public string Device(ParseResult parsed) => Devices.Check(parsed.GetValue(_device)!, _terminal);

    /// <summary>How often the state is kept.</summary>
    public RunFolderOptions Kept(ParseResult parsed) => new() { CheckpointInterval = TimeSpan.FromSeconds(parsed.GetValue(_checkpoint)) };

    /// <summary>Goes on with a run, where nothing is given beside it that it knows and its device is there.</summary>
    /// <typeparam name="T">The job.</typeparam>
    /// <param name="parsed">The command line.</param>
    /// <param name="arguments">What stands without an option; null where it was left out.</param>
    /// <param name="open">Opens the run.</param>
    /// <param name="deviceOf">Where it computes.</param>
    /// <param name="allowed">Options that may be given, too.</param>
    /// <exception cref="UsageException">Something is given beside it, or the device is not there.</exception>
    public async Task<T> ResumeAsync<T>(
        ParseResult parsed,
        IEnumerable<string?> arguments,
        Func<RunFolderOptions, Task<T>> open,
        Func<T, string> deviceOf,
        params string[] allowed
    )
        where T : IDisposable
    {
        ResumableRun.CheckAlone(parsed, arguments, [_checkpoint.Name, .. allowed]);
        Devices.Check("cpu", _terminal);
        var job = await open(Kept(parsed));
        try
        {
            Devices.Check(deviceOf(job), _terminal);
            return job;
        }
        catch
        {
            job.Dispose();
            throw;
        }
    }
}
