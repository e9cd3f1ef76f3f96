using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;

namespace Tacit.Learning.Quantization;

/// <summary>A float network to quantise, and the file from which it was read.</summary>
/// <param name="Model">The float network with its batch norms, on images N x C x H x W or clips N x C x T x H x W.</param>
/// <param name="Original">The file, with which the quantised network is compared.</param>
/// <example><code>
/// var source = QuantizationSource.Read("encoder.onnx") with { Task = NetworkTask.Features };
/// </code></example>
public sealed record QuantizationSource(Model Model, OriginalNetwork Original)
{
    private readonly NetworkTask? _task;

    /// <summary>
    /// The float network with its batch norms, on images N x C x H x W or clips N x C x T x H x W. Setting it also sets <see
    /// cref="Contract"/>.
    /// </summary>
    /// <exception cref="UnsuitableModelException">An entry of its metadata is unknown or makes no sense.</exception>
    public Model Model
    {
        get;
        init => (field, Contract) = (value, NetworkContract.Of(value));
    } = Model;

    /// <summary>The SHA-256 of the file, in lower-case hexadecimal digits.</summary>
    public string Hash => Original.Hash;

    /// <summary>The batch norms that the file has kept, from which samples are synthesised, and those that were folded away.</summary>
    public BatchNormReport BatchNorms { get; init; } = BatchNormReport.Of(Model);

    /// <summary>The inputs and outputs of <see cref="Model"/> and what its metadata state about them, with the channels first.</summary>
    public NetworkContract Contract { get; private init; } = NetworkContract.Of(Model);

    /// <summary>
    /// The meaning of the outputs. Default: what the metadata say (<see cref="NetworkContract.Task"/>), otherwise what the graph shows: a
    /// vector of scores from a layer or a pooling is classes, and all other outputs are maps.
    /// </summary>
    public NetworkTask Task
    {
        get => _task ?? ComparedValues.TaskOf(Model);
        init => _task = value;
    }

    /// <summary>The order of the axes of the input in the file, which the quantised file keeps. Default channels first.</summary>
    public ImageLayout Layout { get; init; }

    /// <summary>Takes a network that was built in memory. It is compared with the file that <see cref="OnnxWriter"/> would write.</summary>
    /// <param name="model">The float network.</param>
    public static QuantizationSource Of(Model model) => new(model, OriginalNetwork.Of(model));

    /// <summary>
    /// Reads a network, removes unused inputs, folds constants, rewrites it to the canonical form (<see cref="Canonicalization"/>), and checks that it
    /// still computes what ONNX Runtime computes from the file.
    /// </summary>
    /// <param name="path">The ONNX file. External data are beside it.</param>
    /// <param name="inputs">
    /// The shapes of inputs whose sizes the file leaves open, by name. Their batch size is ignored (<see cref="BatchOpening"/>).
    /// </param>
    /// <exception cref="ContentException">The file is damaged, or the network is not supported.</exception>
    public static QuantizationSource Read(string path, IReadOnlyDictionary<string, Shape>? inputs = null) =>
        Of(OnnxReader.Read(path), path, inputs);

    /// <summary>Takes a network that <see cref="OnnxReader"/> read from a file, as <see cref="Read"/> does.</summary>
    /// <param name="network">The network as it was read.</param>
    /// <param name="path">Its ONNX file.</param>
    /// <param name="inputs">Sizes of inputs that the file leaves open, as for <see cref="Read"/>.</param>
    /// <exception cref="ContentException">The file is damaged, or the network is not supported.</exception>
    public static QuantizationSource Of(Model network, string path, IReadOnlyDictionary<string, Shape>? inputs = null)
    {
        var form = ComputedWeights.Apply(FormOf(network, inputs));
        var model = DecomposedBatchNormFolding.Apply(form);
        var isLast = ChannelsLastInput.IsIn(model);
        var source = new QuantizationSource(isLast ? ChannelsLastInput.Without(model) : model, OriginalNetwork.Of(path))
        {
            BatchNorms = BatchNormReport.Of(form),
            Layout = isLast ? ImageLayout.ChannelsLast : ImageLayout.ChannelsFirst,
        };
        RewriteCheck.Check(source);
        return source;
    }

    /// <summary>Returns why a network cannot be quantised, as far as its structure shows.</summary>
    /// <param name="network">The network as it was read.</param>
    /// <param name="inputs">Sizes of inputs that the file leaves open, as for <see cref="Read"/>.</param>
    /// <returns>The message of the exception that <see cref="ZeroShotQuantization.Check"/> would throw; null if nothing was found.</returns>
    public static string? FindObstacle(Model network, IReadOnlyDictionary<string, Shape>? inputs = null)
    {
        try
        {
            var model = DecomposedBatchNormFolding.Apply(ComputedWeights.Apply(FormOf(network, inputs)));
            model = ChannelsLastInput.IsIn(model) ? ChannelsLastInput.Without(model) : model;
            CheckStructure(model, ComparedValues.TaskOf(model), new BitWidths());
            return null;
        }
        catch (UnsuitableModelException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Checks the inputs, the outputs and the layers of a network in its canonical form.</summary>
    /// <exception cref="UnsuitableModelException">The network cannot be quantised.</exception>
    internal static void CheckStructure(Model model, NetworkTask task, BitWidths bits)
    {
        _ = SampleShape.Of(model);
        ComparedValues.CheckSizes(model);
        _ = task == NetworkTask.Maps ? ComparedValues.Of(model, task).Length : ComparedValues.Columns(model, task);
        _ = new FakeQuantizationInsertion(bits).Apply(model);
    }

    private static Model FormOf(Model network, IReadOnlyDictionary<string, Shape>? inputs) =>
        Canonicalization.Apply(ConstantFolding.Apply(new BatchOpening(inputs).Apply(UnusedInputs.Remove(network))));
}
