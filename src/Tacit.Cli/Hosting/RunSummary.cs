using System.Collections.Immutable;
using Spectre.Console;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Hosting;

/// <summary>What a finished run has to say, for the console, for --json and for the page.</summary>
internal abstract record RunSummary
{
    /// <summary>The run folder.</summary>
    public required string Run { get; init; }

    /// <summary>The page.</summary>
    public required string Report { get; init; }

    /// <summary>The seconds of the work, over all the processes that did it.</summary>
    public required double Seconds { get; init; }

    /// <summary>All that was logged.</summary>
    public required ImmutableArray<MetricsEntry> Metrics { get; init; }

    /// <summary>The object that --json writes.</summary>
    public abstract object ToJson();

    /// <summary>Writes it for people.</summary>
    public abstract void Write(IAnsiConsole console);
}

/// <summary>The work of a run that was begun or opened.</summary>
internal interface IRunJob : IDisposable
{
    /// <summary>Does the work, or the rest of it.</summary>
    /// <exception cref="StoppedException">It was cancelled; the state is kept.</exception>
    Task<RunSummary> RunAsync(IProgress<StageProgress> progress, CancellationToken cancellation);
}
