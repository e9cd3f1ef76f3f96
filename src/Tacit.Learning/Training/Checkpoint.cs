using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Graphs.WeightFiles;

namespace Tacit.Learning.Training;

/// <summary>All that a run needs to go on from a step: named tensors and a few texts. Immutable.</summary>
/// <remarks>
/// Names are paths such as "student/conv1.weight" or "optimizer/state", so that each part of a run keeps its tensors apart:
/// write them with <see cref="With(string, IEnumerable{KeyValuePair{string, TensorData}})"/> and read them with
/// <see cref="Section"/>. On disk it is a .safetensors file, written as a whole or not at all.
/// </remarks>
public sealed class Checkpoint
{
    private const string StageName = "stage";
    private const string StepName = "step";
    private const string ValuePrefix = "value.";

    private readonly ImmutableSortedDictionary<string, TensorData> _tensors;
    private readonly ImmutableSortedDictionary<string, string> _values;

    /// <summary>A checkpoint without tensors.</summary>
    /// <param name="stage">The stage of the run, such as "synthesis".</param>
    /// <param name="step">The number of steps of that stage that are done.</param>
    public Checkpoint(string stage, long step)
        : this(
            stage,
            step,
            ImmutableSortedDictionary.Create<string, TensorData>(StringComparer.Ordinal),
            ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)
        )
    {
        ArgumentException.ThrowIfNullOrEmpty(stage);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
    }

    private Checkpoint(
        string stage,
        long step,
        ImmutableSortedDictionary<string, TensorData> tensors,
        ImmutableSortedDictionary<string, string> values
    )
    {
        Stage = stage;
        Step = step;
        _tensors = tensors;
        _values = values;
    }

    /// <summary>The stage of the run.</summary>
    public string Stage { get; }

    /// <summary>The number of steps of the stage that are done.</summary>
    public long Step { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorData> Tensors => _tensors;

    /// <summary>The texts by name.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The tensor of that name.</summary>
    /// <exception cref="InvalidFileException">There is none.</exception>
    public TensorData this[string name] =>
        _tensors.TryGetValue(name, out var tensor)
            ? tensor
            : throw new InvalidFileException(
                $"the checkpoint of {Stage}, step {Step}, has no tensor {name}; it is of another run or version"
            );

    /// <summary>This checkpoint with a tensor set.</summary>
    public Checkpoint With(string name, TensorData tensor) => new(Stage, Step, _tensors.SetItem(name, tensor), _values);

    /// <summary>This checkpoint with tensors set under "<paramref name="section"/>/".</summary>
    public Checkpoint With(string section, IEnumerable<KeyValuePair<string, TensorData>> tensors) =>
        new(
            Stage,
            Step,
            _tensors.SetItems(tensors.Select(tensor => KeyValuePair.Create($"{section}/{tensor.Key}", tensor.Value))),
            _values
        );

    /// <summary>This checkpoint with a text set.</summary>
    public Checkpoint WithValue(string name, string value) => new(Stage, Step, _tensors, _values.SetItem(name, value));

    /// <summary>The tensors under "<paramref name="section"/>/", by the rest of their names.</summary>
    public IReadOnlyDictionary<string, TensorData> Section(string section) =>
        _tensors
            .Where(tensor => tensor.Key.StartsWith(section + "/", StringComparison.Ordinal))
            .ToDictionary(tensor => tensor.Key[(section.Length + 1)..], tensor => tensor.Value, StringComparer.Ordinal);

    /// <summary>Writes it to a .safetensors file, as a whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written; an earlier one is unchanged.</exception>
    public void Write(string path) =>
        SafeTensors.Write(
            path,
            _tensors,
            _values
                .Select(value => KeyValuePair.Create(ValuePrefix + value.Key, value.Value))
                .Append(KeyValuePair.Create(StageName, Stage))
                .Append(KeyValuePair.Create(StepName, $"{Step}"))
        );

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidFileException">The file is damaged or is no checkpoint.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Checkpoint Read(string path)
    {
        var file = SafeTensors.Read(path);
        if (!file.Metadata.TryGetValue(StageName, out var stage) || !long.TryParse(file.Metadata.GetValueOrDefault(StepName), out var step))
        {
            throw new InvalidFileException($"{path} is not a checkpoint: it names no stage and step") { Path = path };
        }

        return new Checkpoint(
            stage,
            step,
            file.Tensors.ToImmutableSortedDictionary(StringComparer.Ordinal),
            file.Metadata.Where(value => value.Key.StartsWith(ValuePrefix, StringComparison.Ordinal))
                .ToImmutableSortedDictionary(value => value.Key[ValuePrefix.Length..], value => value.Value, StringComparer.Ordinal)
        );
    }
}
