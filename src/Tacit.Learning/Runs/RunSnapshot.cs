using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Tacit.Graphs;

namespace Tacit.Learning.Runs;

/// <summary>How a run stands.</summary>
public enum RunState
{
    /// <summary>A process has it open.</summary>
    Running,

    /// <summary>No process has it open, and it left no report: it was stopped, or it failed.</summary>
    Stopped,

    /// <summary>It came to its end and left its report.</summary>
    Done,
}

/// <summary>A run as it is at a moment, for whoever looks on: nothing in its folder is changed, and it may go on meanwhile.</summary>
public sealed record RunSnapshot
{
    /// <summary>The folder's full path.</summary>
    public required string FullPath { get; init; }

    /// <summary>What the run is.</summary>
    public required RunDescription Description { get; init; }

    /// <summary>How it stands.</summary>
    public required RunState State { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Its curves so far, in the order in which they were written.</summary>
    public required ImmutableArray<MetricsEntry> Metrics { get; init; }

    /// <summary>What came of it; null where it is not finished.</summary>
    public required JsonObject? Result { get; init; }

    /// <summary>Looks at the run in a folder.</summary>
    /// <exception cref="InvalidFileException">There is no run, or or its description, metrics or result are damaged.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static RunSnapshot Read(string path)
    {
        var full = Path.GetFullPath(path);
        RunFolder.CheckExists(path);
        var metrics = Path.Combine(full, RunFolder.MetricsName);
        return new RunSnapshot
        {
            FullPath = full,
            Description = RunFolder.ReadDescription(full),
            State =
                RunFolder.IsOpen(full) ? RunState.Running
                : File.Exists(Path.Combine(full, RunFolder.ReportName)) ? RunState.Done
                : RunState.Stopped,

            // The description is written once, when the run begins.
            Started = new DateTimeOffset(File.GetLastWriteTimeUtc(RunFolder.DescriptionPath(full)), TimeSpan.Zero),
            Result = RunFolder.ReadResult(full),
            Metrics = File.Exists(metrics) ? MetricsLog.Read(metrics) : [],
        };
    }

    /// <summary>The newest checkpoint that can be read; null where there is none.</summary>
    /// <exception cref="InvalidFileException">There are checkpoints, and none can be read.</exception>
    public Checkpoint? LatestCheckpoint() => CheckpointStore.LatestIn(Path.Combine(FullPath, RunFolder.CheckpointsName));
}
