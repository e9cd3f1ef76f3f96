using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tacit.Graphs;
using Tacit.Inference.Contracts;

namespace Tacit.Inference.Sessions;

/// <summary>A network that is loaded into ONNX Runtime and runs on the CPU.</summary>
/// <remarks>A session is safe for concurrent use by several threads. It holds native memory until it is disposed.</remarks>
/// <example><code>
/// using var session = OnnxSession.Open("resnet20.onnx", new OnnxSessionOptions { Threads = 1 });
/// float[] scores = session.Run(pixels, 1, 3, 32, 32);   // 1 x 10
/// </code></example>
public sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly Lazy<NetworkContract> _contract;

    private OnnxSession(InferenceSession session, string name)
    {
        _session = session;
        Name = name;
        Inputs = [.. session.InputMetadata.Select(input => ToValue(input.Key, input.Value))];
        Outputs = [.. session.OutputMetadata.Select(output => ToValue(output.Key, output.Value))];
        Metadata = session.ModelMetadata.CustomMetadataMap.ToImmutableSortedDictionary(StringComparer.Ordinal);
        _contract = new Lazy<NetworkContract>(() => NetworkContract.Of(Name, Inputs, Outputs, Metadata));
    }

    /// <summary>The path of the file, or the name that was given for messages.</summary>
    public string Name { get; }

    /// <summary>The inputs. Variable sizes are symbols.</summary>
    public ImmutableArray<Value> Inputs { get; }

    /// <summary>The outputs. Variable sizes are symbols.</summary>
    public ImmutableArray<Value> Outputs { get; }

    /// <summary>The metadata properties of the file.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; }

    /// <summary>The kinds of inputs and outputs, and the metadata.</summary>
    /// <exception cref="UnsuitableModelException">An entry of the metadata is unknown or has an invalid value.</exception>
    public NetworkContract Contract => _contract.Value;

    /// <summary>Loads a file.</summary>
    /// <param name="path">The path of an ONNX file. External data is read from its folder.</param>
    /// <param name="options">How to load and run the network; null for the defaults.</param>
    /// <exception cref="InvalidFileException">The file does not exist, or ONNX Runtime cannot run it.</exception>
    public static OnnxSession Open(string path, OnnxSessionOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new InvalidFileException($"{path} does not exist; give an ONNX file") { Path = path };
        }

        return Load(path, options, native => new InferenceSession(path, native));
    }

    /// <summary>Loads the bytes of a file.</summary>
    /// <param name="model">The bytes of an ONNX file. For external data, see <see cref="OnnxSessionOptions.ExternalDataFolder"/>.</param>
    /// <param name="options">How to load and run the network; null for the defaults.</param>
    /// <param name="name">The name of the network in messages.</param>
    /// <exception cref="InvalidFileException">ONNX Runtime cannot run the network.</exception>
    public static OnnxSession Open(ReadOnlyMemory<byte> model, OnnxSessionOptions? options = null, string name = "the model") =>
        Load(name, options, native => new InferenceSession(model.ToArray(), native));

    /// <summary>Runs a network of one input on a batch and returns its first output.</summary>
    /// <returns>The elements of the output in row-major order. The batch is its first axis.</returns>
    /// <inheritdoc cref="RunAll(ReadOnlyMemory{float}, ReadOnlySpan{long})" path="/param"/>
    /// <inheritdoc cref="RunAll(ReadOnlyMemory{float}, ReadOnlySpan{long})" path="/remarks"/>
    /// <inheritdoc cref="RunAll(ReadOnlyMemory{float}, ReadOnlySpan{long})" path="/exception"/>
    /// <exception cref="UnsuitableModelException">The first output is not a floating-point tensor.</exception>
    public float[] Run(ReadOnlyMemory<float> batch, params ReadOnlySpan<long> sizes)
    {
        var output = Outputs[0];
        return TensorValues.Takes(output.Type.Element)
            ? RunParts(batch, sizes.ToArray(), [output])[output.Name].As<float>().ToArray()
            : throw Unsuitable($"its output {output.Name} is {output.Type.Element}, not a floating-point tensor");
    }

    /// <summary>Runs a network of one input on a batch and returns every output that is a tensor of numbers, by name.</summary>
    /// <param name="batch">The elements of the input in row-major order.</param>
    /// <param name="sizes">
    /// The sizes of the input, the batch first. They can be omitted if only the batch size is variable; it then follows from the number of
    /// elements.
    /// </param>
    /// <returns>The outputs. Floating-point numbers are converted to Float32, and other numbers to Int64.</returns>
    /// <remarks>
    /// If the network is fixed to a batch size, the batch is split into parts of this size. The last part is filled with zeros, whose
    /// results are discarded. Outputs whose first size is a multiple of the batch size are joined along it, and others are stacked, one
    /// entry for each part.
    /// </remarks>
    /// <exception cref="ArgumentException">The elements or sizes do not match the input.</exception>
    /// <exception cref="UnsuitableModelException">
    /// The network has several inputs, its input is not a floating-point tensor, or ONNX Runtime fails to run it.
    /// </exception>
    public IReadOnlyDictionary<string, TensorData> RunAll(ReadOnlyMemory<float> batch, params ReadOnlySpan<long> sizes) =>
        RunParts(batch, sizes.ToArray(), [.. Outputs.Where(output => TensorValues.Gives(output.Type.Element))]);

    /// <summary>Runs a network of one input on a batch and returns every output that is a tensor of numbers, by name.</summary>
    /// <param name="batch">The batch, Float32, with the samples along its first axis.</param>
    /// <inheritdoc cref="RunAll(ReadOnlyMemory{float}, ReadOnlySpan{long})" path="/returns"/>
    /// <inheritdoc cref="RunAll(ReadOnlyMemory{float}, ReadOnlySpan{long})" path="/remarks"/>
    /// <inheritdoc cref="RunAll(ReadOnlyMemory{float}, ReadOnlySpan{long})" path="/exception"/>
    public IReadOnlyDictionary<string, TensorData> RunAll(TensorData batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return RunAll(batch.As<float>().ToArray(), [.. batch.Sizes]);
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static OnnxSession Load(string name, OnnxSessionOptions? options, Func<SessionOptions, InferenceSession> load)
    {
        InferenceSession? session = null;
        try
        {
            using var native = ToNative(options ?? new OnnxSessionOptions());
            session = load(native);
            return new OnnxSession(session, name);
        }
        catch (OnnxRuntimeException exception)
        {
            session?.Dispose();
            throw new InvalidFileException($"ONNX Runtime cannot load {name}: {RuntimeMessage.Of(exception)}", exception) { Path = name };
        }
    }

    private static SessionOptions ToNative(OnnxSessionOptions options)
    {
        var native = new SessionOptions
        {
            IntraOpNumThreads = options.Threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            GraphOptimizationLevel = options.Optimization switch
            {
                OptimizationLevel.None => GraphOptimizationLevel.ORT_DISABLE_ALL,
                OptimizationLevel.Basic => GraphOptimizationLevel.ORT_ENABLE_BASIC,
                OptimizationLevel.Extended => GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
                _ => GraphOptimizationLevel.ORT_ENABLE_ALL,
            },
        };
        if (options.OptimizedModelPath is { } path)
        {
            native.OptimizedModelFilePath = path;
        }

        if (options.ExternalDataFolder is { } folder)
        {
            native.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);
        }

        if (options.SleepBetweenRuns)
        {
            native.AddSessionConfigEntry("session.force_spinning_stop", "1");
        }

        return native;
    }

    private static Value ToValue(string name, NodeMetadata metadata)
    {
        if (!metadata.IsTensor)
        {
            return new Value(name, new TensorType(ElementType.Undefined, Shape.Scalar));
        }

        var dimensions = new Dimension[metadata.Dimensions.Length];
        for (var i = 0; i < dimensions.Length; i++)
        {
            var symbol = i < metadata.SymbolicDimensions.Length ? metadata.SymbolicDimensions[i] : "";
            dimensions[i] =
                metadata.Dimensions[i] >= 0 ? metadata.Dimensions[i]
                : symbol.Length > 0 ? symbol
                : $"?{i}";
        }

        // ONNX Runtime's element types have ONNX's numbers.
        return new Value(name, new TensorType((ElementType)(int)metadata.ElementDataType, new Shape(dimensions)));
    }

    private Value SingleInput() =>
        Inputs switch
        {
            [var input] when TensorValues.Takes(input.Type.Element) => input,
            [var input] => throw Unsuitable($"its input {input.Name} is {input.Type.Element}, not Float32"),
            _ => throw Unsuitable(
                $"it has {Inputs.Length} inputs ({string.Join(", ", Inputs.Select(input => input.Name))}) instead of one"
            ),
        };

    private static long[] BatchShape(Value input, int elements)
    {
        var shape = input.Type.Shape;
        if (shape.Rank == 0 || shape.Skip(1).Any(dimension => !dimension.IsKnown))
        {
            throw new ArgumentException($"the input {input.Name} is {shape}; give the sizes of the batch");
        }

        var item = shape.Skip(1).Aggregate(1L, (product, dimension) => product * dimension.Size);
        return item > 0 && elements % item == 0
            ? [elements / item, .. shape.Skip(1).Select(dimension => dimension.Size)]
            : throw new ArgumentException($"{elements} elements are not a whole number of items for the input {input.Name}, {shape}");
    }

    private void CheckSizes(Value input, long[] sizes, int elements)
    {
        var shape = input.Type.Shape;
        var fits = sizes.Length == shape.Rank && !sizes.Any(size => size < 0);
        for (var i = 1; fits && i < sizes.Length; i++)
        {
            fits = !shape[i].IsKnown || shape[i].Size == sizes[i];
        }

        if (!fits)
        {
            throw new ArgumentException($"{Name} takes {shape}, not {string.Join(" x ", sizes)}", nameof(sizes));
        }

        if (sizes.Aggregate(1L, (product, size) => checked(product * size)) != elements)
        {
            throw new ArgumentException($"{string.Join(" x ", sizes)} is not {elements} elements", nameof(sizes));
        }
    }

    private IReadOnlyDictionary<string, TensorData> RunParts(ReadOnlyMemory<float> batch, long[] given, ImmutableArray<Value> outputs)
    {
        var input = SingleInput();
        var sizes = given.Length == 0 ? BatchShape(input, batch.Length) : given;
        CheckSizes(input, sizes, batch.Length);
        var part = checked((int)(FixedBatch.Of(Inputs) ?? 0));
        if (part == 0 || sizes.Length == 0 || sizes[0] == part)
        {
            return RunOnce(input, batch, sizes, outputs);
        }

        if (sizes[0] == 0)
        {
            return outputs.ToDictionary(output => output.Name, output => TensorValues.Empty(output.Type.Element), StringComparer.Ordinal);
        }

        var item = batch.Length / checked((int)sizes[0]);
        var parts = new List<IReadOnlyDictionary<string, TensorData>>();
        for (var start = 0; start < sizes[0]; start += part)
        {
            var count = (int)Math.Min(part, sizes[0] - start);
            var elements = batch.Slice(start * item, count * item);
            if (count < part)
            {
                var padded = new float[part * item];
                elements.CopyTo(padded);
                elements = padded;
            }

            parts.Add(RunOnce(input, elements, [part, .. sizes[1..]], outputs));
        }

        return outputs.ToDictionary(
            output => output.Name,
            output => FixedBatch.Join([.. parts.Select(results => results[output.Name])], part, sizes[0]),
            StringComparer.Ordinal
        );
    }

    private Dictionary<string, TensorData> RunOnce(Value input, ReadOnlyMemory<float> batch, long[] sizes, ImmutableArray<Value> outputs)
    {
        try
        {
            using var value = TensorValues.Create(input.Type.Element, batch, sizes);
            using var options = new RunOptions();
            using var results = _session.Run(options, [input.Name], [value], [.. outputs.Select(output => output.Name)]);
            return outputs
                .Zip(results, (output, result) => (output.Name, Tensor: TensorValues.Read(result)))
                .ToDictionary(output => output.Name, output => output.Tensor, StringComparer.Ordinal);
        }
        catch (OnnxRuntimeException exception)
        {
            throw Unsuitable($"it fails on an input of {string.Join(" x ", sizes)}: {RuntimeMessage.Of(exception)}", exception);
        }
    }

    private UnsuitableModelException Unsuitable(string reason, Exception? inner = null) =>
        new($"{Name} cannot be run: {reason}", inner) { Path = Name };
}
