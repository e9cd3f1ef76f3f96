using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Hosting;

/// <summary>A kind of run.</summary>
/// <typeparam name="T">What it is asked to do.</typeparam>
internal sealed record RunKind<T>
    where T : RunRequest
{
    /// <summary>The command whose runs these are, such as "pretrain".</summary>
    public required string Command { get; init; }

    /// <summary>The version of the request's form; raised when a property comes, goes or changes its meaning.</summary>
    public required int Version { get; init; }

    /// <summary>The option that names the folder.</summary>
    public required string FolderOption { get; init; }

    /// <summary>The files that it leaves in its folder beside those of every run.</summary>
    public required ImmutableArray<string> Files { get; init; }

    /// <summary>The path of the network that it makes, from the request and the folder.</summary>
    public required Func<T, string, string> Output { get; init; }

    /// <summary>What a run of this kind was asked to do.</summary>
    /// <param name="description">The run.</param>
    /// <param name="folder">Its folder, for messages.</param>
    /// <exception cref="InvalidFileException">It is of another command, or another version began it.</exception>
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

/// <summary>How a run is kept.</summary>
/// <param name="Force">Whether an earlier run, or an earlier output, may be overwritten.</param>
/// <param name="Kept">How often its state is.</param>
/// <param name="Time">The clock.</param>
internal sealed record RunSettings(bool Force, RunFolderOptions Kept, TimeProvider Time);
