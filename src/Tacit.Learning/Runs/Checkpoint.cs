using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tacit.Graphs;
using Tacit.Graphs.WeightFiles;

namespace Tacit.Learning.Runs;

/// <summary>The state from which a run can continue after a given step: named tensors and text values. Immutable.</summary>
/// <remarks>
/// Names are paths such as "student/conv1.weight" or "optimizer/state". Each part of a run has a section of its own: <see
/// cref="With(string, IEnumerable{KeyValuePair{string, TensorData}})"/> writes it and <see cref="Section"/> reads it. On disk a
/// checkpoint is a .safetensors file, which is written as a whole or not at all.
/// </remarks>
/// <example><code>
/// var checkpoint = new Checkpoint("training", step).With("optimizer", update.Save());
/// checkpoint.Write("000001.safetensors");
/// update.Restore(Checkpoint.Read("000001.safetensors").Section("optimizer"));
/// </code></example>
public sealed class Checkpoint
{
    private const string StageName = "stage";
    private const string StepName = "step";
    private const string ValuePrefix = "value.";

    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private readonly ImmutableSortedDictionary<string, TensorData> _tensors;
    private readonly ImmutableSortedDictionary<string, string> _values;

    /// <summary>Creates a checkpoint without tensors.</summary>
    /// <param name="stage">The stage of the run, such as "synthesis"; not empty.</param>
    /// <param name="step">The number of completed steps of that stage, at least 0.</param>
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

    /// <summary>The number of completed steps of the stage.</summary>
    public long Step { get; }

    /// <summary>All tensors by their full names.</summary>
    public IReadOnlyDictionary<string, TensorData> Tensors => _tensors;

    /// <summary>The text values by name.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The tensor with a given name.</summary>
    /// <param name="name">The full name, including the section.</param>
    /// <exception cref="InvalidFileException">There is no such tensor.</exception>
    public TensorData this[string name] =>
        _tensors.TryGetValue(name, out var tensor)
            ? tensor
            : throw new InvalidFileException(
                $"the checkpoint of {Stage}, step {Step}, has no tensor {name}; it belongs to another run or version"
            );

    /// <summary>Returns a copy of this checkpoint with one tensor added or replaced. The tensors are not copied.</summary>
    /// <param name="name">The full name of the tensor.</param>
    /// <param name="tensor">The tensor.</param>
    public Checkpoint With(string name, TensorData tensor) => new(Stage, Step, _tensors.SetItem(name, tensor), _values);

    /// <summary>Returns a copy of this checkpoint with tensors added or replaced under "<paramref name="section"/>/".</summary>
    /// <param name="section">The name of the section.</param>
    /// <param name="tensors">The tensors by their names within the section.</param>
    public Checkpoint With(string section, IEnumerable<KeyValuePair<string, TensorData>> tensors) =>
        new(
            Stage,
            Step,
            _tensors.SetItems(tensors.Select(tensor => KeyValuePair.Create($"{section}/{tensor.Key}", tensor.Value))),
            _values
        );

    /// <summary>Returns a copy of this checkpoint with a text value added or replaced.</summary>
    /// <param name="name">The name of the value.</param>
    /// <param name="value">The text.</param>
    public Checkpoint WithValue(string name, string value) => new(Stage, Step, _tensors, _values.SetItem(name, value));

    /// <summary>Returns a copy of this checkpoint with an object added or replaced as a text value, in JSON.</summary>
    /// <param name="name">The name of the value.</param>
    /// <param name="state">The object: numbers, texts, and records and collections of them.</param>
    internal Checkpoint WithState<T>(string name, T state) => WithValue(name, JsonSerializer.Serialize(state, Json));

    /// <summary>Returns an object stored with <see cref="WithState"/>. Numbers are exactly those that were stored.</summary>
    /// <param name="name">The name of the value.</param>
    /// <exception cref="InvalidFileException">There is no such value, or it is not a <typeparamref name="T"/>.</exception>
    internal T State<T>(string name)
        where T : notnull
    {
        if (!_values.TryGetValue(name, out var text))
        {
            throw new InvalidFileException(
                $"the checkpoint of {Stage}, step {Step}, has no value {name}; it belongs to another run or version"
            );
        }

        try
        {
            return JsonSerializer.Deserialize<T>(text, Json) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new InvalidFileException(
                $"the checkpoint of {Stage}, step {Step}, has the value {name} in another form: {e.Message.ReplaceLineEndings(" ")}",
                e
            );
        }
    }

    /// <summary>
    /// Returns the tensors under "<paramref name="section"/>/", by their names within the section; none if the section does not
    /// exist.
    /// </summary>
    /// <param name="section">The name of the section.</param>
    public IReadOnlyDictionary<string, TensorData> Section(string section) =>
        _tensors
            .Where(tensor => tensor.Key.StartsWith(section + "/", StringComparison.Ordinal))
            .ToDictionary(tensor => tensor.Key[(section.Length + 1)..], tensor => tensor.Value, StringComparer.Ordinal);

    /// <summary>Writes the checkpoint to a .safetensors file. The file is replaced as a whole.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written; an existing file is unchanged.</exception>
    public void Write(string path) =>
        SafeTensors.Write(
            path,
            _tensors,
            _values
                .Select(value => KeyValuePair.Create(ValuePrefix + value.Key, value.Value))
                .Append(KeyValuePair.Create(StageName, Stage))
                .Append(KeyValuePair.Create(StepName, $"{Step}"))
        );

    /// <summary>Reads a checkpoint from a file written by <see cref="Write"/>.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidFileException">The file is damaged or is not a checkpoint.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Checkpoint Read(string path)
    {
        var file = SafeTensors.Read(path);
        if (!file.Metadata.TryGetValue(StageName, out var stage) || !long.TryParse(file.Metadata.GetValueOrDefault(StepName), out var step))
        {
            throw new InvalidFileException($"{path} is not a checkpoint: it does not state a stage and a step") { Path = path };
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
