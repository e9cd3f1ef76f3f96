using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Hosting;

/// <summary>Describes a kind of run, for example pretraining or quantisation.</summary>
/// <typeparam name="T">The type of the request.</typeparam>
internal sealed record RunKind<T>
    where T : RunRequest
{
    /// <summary>The command that begins runs of this kind, for example "pretrain".</summary>
    public required string Command { get; init; }

    /// <summary>The version of the stored request. Increase it when a property is added, removed or changes its meaning.</summary>
    public required int Version { get; init; }

    /// <summary>The option that names the folder, for messages.</summary>
    public required string FolderOption { get; init; }

    /// <summary>
    /// The files of this kind of run in its folder, in addition to those of every run. Only these are removed by --force.
    /// </summary>
    public required ImmutableArray<string> Files { get; init; }

    /// <summary>Returns the path of the network that a run produces: (request, folder) → path.</summary>
    public required Func<T, string, string> Output { get; init; }

    /// <summary>Reads the request from the description of a run.</summary>
    /// <param name="description">The description.</param>
    /// <param name="folder">The folder, for messages.</param>
    /// <exception cref="InvalidFileException">The run belongs to another command, or another version of Tacit began it.</exception>
    public T RequestOf(RunDescription description, string folder)
    {
        if (description.Command != Command)
        {
            throw new InvalidFileException($"{folder} is a run of tacit {description.Command}, not of tacit {Command}") { Path = folder };
        }

        try
        {
            return OptionsJson.FromJson<T>(description.Options, Version, Path.Combine(folder, RunFolder.DescriptionName));
        }
        catch (InvalidFileException refusal)
        {
            throw new InvalidFileException($"{refusal.Message}; start again with --force", refusal) { Path = refusal.Path };
        }
    }
}

/// <summary>Specifies how a run is stored.</summary>
/// <param name="Force">Whether an earlier run and an earlier output may be overwritten.</param>
/// <param name="Kept">The interval of checkpoints.</param>
/// <param name="Time">The clock.</param>
internal sealed record RunSettings(bool Force, RunFolderOptions Kept, TimeProvider Time);
