using System.Collections.Immutable;
using Spectre.Console;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Hosting;

/// <summary>Base class of the results of finished runs, for the console, --json and the report.</summary>
internal abstract record RunSummary
{
    /// <summary>The path of the run folder.</summary>
    public required string Run { get; init; }

    /// <summary>The path of the HTML report.</summary>
    public required string Report { get; init; }

    /// <summary>The time of the work in seconds, over all processes that did it.</summary>
    public required double Seconds { get; init; }

    /// <summary>The metrics of all steps.</summary>
    public required ImmutableArray<MetricsEntry> Metrics { get; init; }

    /// <summary>Returns the object that is written to result.json and by --json.</summary>
    public abstract object ToJson();

    /// <summary>Writes the summary to a console as text.</summary>
    public abstract void Write(IAnsiConsole console);
}

/// <summary>The work of a run that was begun or opened. Disposing it releases the folder.</summary>
internal interface IRunJob : IDisposable
{
    /// <summary>Performs the work, or the rest of it.</summary>
    /// <param name="progress">Displays the progress.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="StoppedException">The work was cancelled. The state is saved.</exception>
    Task<RunSummary> RunAsync(IProgress<StageProgress> progress, CancellationToken cancellation);
}
