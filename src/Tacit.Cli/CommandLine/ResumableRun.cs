using System.CommandLine;
using System.CommandLine.Parsing;
using Tacit.Cli.Rendering;
using Tacit.Graphs;
using Tacit.Learning.Training;

namespace Tacit.Cli.CommandLine;

/// <summary>What verbs share whose runs can be stopped and gone on with: --resume, and how such a run ends early.</summary>
internal static class ResumableRun
{
    /// <summary>Makes sure that nothing is given beside --resume that the run knows.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="arguments">What stands without an option; null where it was left out.</param>
    /// <param name="allowed">The options that do not change a run.</param>
    /// <exception cref="UsageException">Something is.</exception>
    public static void CheckAlone(ParseResult parsed, IEnumerable<string?> arguments, params string[] allowed)
    {
        string[] all = ["--resume", CommonOptions.JsonName, CommonOptions.VerboseName, .. allowed];
        var given = parsed
            .CommandResult.Children.OfType<OptionResult>()
            .FirstOrDefault(option => !option.Implicit && !all.Contains(option.Option.Name));
        if ((arguments.FirstOrDefault(argument => argument is not null) ?? given?.IdentifierToken?.Value) is { } other)
        {
            throw new UsageException($"--resume takes everything from the run: leave out {other}");
        }
    }

    /// <summary>What a run was asked to do.</summary>
    /// <param name="run">The run.</param>
    /// <param name="command">The command whose run it should be.</param>
    /// <param name="folder">Its folder, for messages.</param>
    /// <param name="version">The version of the request's form.</param>
    /// <exception cref="InvalidFileException">It is a run of another command, or of another version.</exception>
    public static T Request<T>(RunFolder run, string command, string folder, int version = 1)
        where T : notnull =>
        run.Description.Command == command
            ? OptionsJson.FromJson<T>(run.Description.Options, version, path: Path.Combine(folder, "run.json"))
            : throw new InvalidFileException($"{folder} is a run of tacit {run.Description.Command}, not of tacit {command}")
            {
                Path = folder,
            };

    /// <summary>Keeps what a step of training tells, and shows some of it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="value">What is told.</param>
    /// <param name="progress">Where it is shown.</param>
    /// <param name="shown">What of it is.</param>
    public static void Note(RunFolder run, TrainingProgress value, IProgress<StageProgress> progress, IEnumerable<Measure> shown)
    {
        run.Metrics.Append(value.Stage, value.Step, value.Losses);
        progress.Report(new StageProgress(value.Stage, value.Step, value.Steps, [.. shown]));
    }

    /// <summary>Does the work of a run; what ends it early says how to go on, or names the last good checkpoint.</summary>
    /// <exception cref="StoppedException">It was cancelled; the state is kept.</exception>
    /// <exception cref="TrainingFailedException">The training failed.</exception>
    public static async Task<T> WorkAsync<T>(RunFolder run, Func<Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new StoppedException(
                $"stopped; go on with: tacit {run.Description.Command} --resume {Files.Quoted(Path.GetRelativePath(".", run.FullPath))}",
                cancellation
            );
        }
        catch (TrainingFailedException failure)
        {
            var last = run.Checkpoints.Latest();
            throw new TrainingFailedException(
                last is null
                    ? failure.Message
                    : $"{failure.Message}; the last good checkpoint is of step {last.Step}: {Path.GetRelativePath(".", run.Checkpoints.Files[^1])}"
            );
        }
    }
}
