using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Tacit.Graphs;

namespace Tacit.Learning.Runs;

/// <summary>What a run is: its options and everything else that its result depends on.</summary>
public sealed record RunDescription
{
    private const string TypeName = "run";
    private const int Version = 1;

    /// <summary>What the run does, such as "quantize".</summary>
    public required string Command { get; init; }

    /// <summary>The options, as <see cref="OptionsJson.ToJson"/> writes them.</summary>
    public required JsonObject Options { get; init; }

    /// <summary>The seed of all randomness.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The number of threads that compute; results are equal bit for bit only at the same number.</summary>
    public required int ThreadCount { get; init; }

    /// <summary>The files that the run reads.</summary>
    public ImmutableArray<RunInput> Inputs { get; init; } = [];

    /// <summary>The versions of what computes, by name.</summary>
    public ImmutableSortedDictionary<string, string> Libraries { get; init; } = CurrentLibraries();

    /// <summary>The versions of this process: Tacit, .NET, TorchSharp and the processor's architecture.</summary>
    public static ImmutableSortedDictionary<string, string> CurrentLibraries() =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["dotnet"] = RuntimeInformation.FrameworkDescription,
            ["platform"] = RuntimeInformation.RuntimeIdentifier,
            ["tacit"] = VersionOf(typeof(RunDescription)),
            ["torchsharp"] = VersionOf(typeof(TorchSharp.torch)),
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>In what this run differs from another, in order of the names; nothing where they are the same.</summary>
    /// <remarks>The place of an input does not matter, only its contents do.</remarks>
    public ImmutableArray<RunDifference> DifferencesFrom(RunDescription other)
    {
        ArgumentNullException.ThrowIfNull(other);
        SortedDictionary<string, string> here = Flatten(),
            there = other.Flatten();
        return
        [
            .. here
                .Keys.Union(there.Keys)
                .Order(StringComparer.Ordinal)
                .Select(name => new RunDifference(name, here.GetValueOrDefault(name), there.GetValueOrDefault(name)))
                .Where(difference => difference.Here != difference.There),
        ];
    }

    /// <summary>The description as JSON.</summary>
    public JsonObject ToJson() =>
        new()
        {
            [OptionsJson.TypeProperty] = TypeName,
            [OptionsJson.VersionProperty] = Version,
            ["command"] = Command,
            ["seed"] = Seed,
            ["threads"] = ThreadCount,
            ["libraries"] = new JsonObject(Libraries.Select(library => KeyValuePair.Create(library.Key, (JsonNode?)library.Value))),
            ["inputs"] = new JsonArray([.. Inputs.Select(input => input.ToJson())]),
            ["options"] = Options.DeepClone(),
        };

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The description.</param>
    /// <param name="path">The file that it is from, for messages.</param>
    /// <exception cref="InvalidFileException">It is not a description of a run, or one of a later version.</exception>
    public static RunDescription FromJson(JsonNode? json, string path)
    {
        try
        {
            if (json is not JsonObject run || (string?)run[OptionsJson.TypeProperty] != TypeName)
            {
                throw new InvalidFileException($"{path} does not describe a run") { Path = path };
            }

            return (int?)run[OptionsJson.VersionProperty] == Version
                ? new RunDescription
                {
                    Command = (string)run["command"]!,
                    Seed = (ulong)run["seed"]!,
                    ThreadCount = (int)run["threads"]!,
                    Libraries = run["libraries"]!
                        .AsObject()
                        .ToImmutableSortedDictionary(library => library.Key, library => (string)library.Value!, StringComparer.Ordinal),
                    Inputs = [.. run["inputs"]!.AsArray().Select(RunInput.FromJson)],
                    Options = (JsonObject)run["options"]!.AsObject().DeepClone(),
                }
                : throw new InvalidFileException(
                    $"{path} is of version {run[OptionsJson.VersionProperty]}, this program knows {Version}; start the run anew"
                )
                {
                    Path = path,
                };
        }
        catch (Exception e) when (e is NullReferenceException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidFileException($"{path} does not describe a run: a part is missing or of another type", e) { Path = path };
        }
    }

    private SortedDictionary<string, string> Flatten()
    {
        var flat = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["command"] = Command,
            ["seed"] = $"{Seed}",
            ["threads"] = $"{ThreadCount}",
        };
        foreach (var input in Inputs)
        {
            flat[$"inputs.{input.Name}"] = $"sha256 {input.Sha256}";
        }

        foreach (var (name, version) in Libraries)
        {
            flat[$"libraries.{name}"] = version;
        }

        foreach (var name in new[] { OptionsJson.TypeProperty, OptionsJson.VersionProperty })
        {
            flat[$"options.{name}"] = Text(Options[name]);
        }

        foreach (var (name, value) in OptionsJson.Flatten(Options))
        {
            flat[$"options.{name}"] = Text(value);
        }

        return flat;
    }

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "null";

    private static string VersionOf(Type type) => type.Assembly.GetName().Version?.ToString(3) ?? "unknown";
}

/// <summary>One thing in which two runs differ; null where one of them does not have it.</summary>
/// <param name="Name">What differs, such as "options.learningRate".</param>
/// <param name="Here">Its value in the run that was asked.</param>
/// <param name="There">Its value in the other run.</param>
public sealed record RunDifference(string Name, string? Here, string? There)
{
    /// <summary>Whether the difference is of another machine or version only: the run can go on, but not bit for bit.</summary>
    public bool IsEnvironment => Name == "threads" || Name.StartsWith("libraries.", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} is {There ?? "absent"}, not {Here ?? "absent"}";
}
