using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;

namespace Tacit.Learning.Quantization;

/// <summary>What a quantisation starts from.</summary>
/// <param name="Model">The float network, with its batch norms, of images N x C x H x W or clips N x C x T x H x W.</param>
/// <param name="Original">The file that it was read from: what the quantised network is compared with.</param>
public sealed record QuantizationSource(Model Model, OriginalNetwork Original)
{
    private readonly NetworkTask? _task;

    /// <summary>The float network, with its batch norms, of images N x C x H x W or clips N x C x T x H x W.</summary>
    /// <exception cref="UnsuitableModelException">An entry of its metadata is unknown or makes no sense.</exception>
    public Model Model
    {
        get;
        init => (field, Contract) = (value, NetworkContract.Of(value));
    } = Model;

    /// <summary>The SHA-256 of its file, in lower-case hexadecimal digits.</summary>
    public string Hash => Original.Hash;

    /// <summary>What its file kept of batch norms, from which samples are synthesised.</summary>
    public BatchNormReport BatchNorms { get; init; } = BatchNormReport.Of(Model);

    /// <summary>What the network takes and gives, with the channels first.</summary>
    public NetworkContract Contract { get; private init; } = NetworkContract.Of(Model);

    /// <summary>What its output means. Default: what the file says, see <see cref="NetworkContract.Task"/>.</summary>
    public NetworkTask Task
    {
        get => _task ?? Contract.Task;
        init => _task = value;
    }

    /// <summary>The order of the axes that the file's input has, and that the quantised one gets. Default channels first.</summary>
    public ImageLayout Layout { get; init; }

    /// <summary>A network that no file holds.</summary>
    public static QuantizationSource Of(Model model) => new(model, OriginalNetwork.Of(model));

    /// <summary>
    /// Reads a network, brings its structure to constants and to one form, see <see cref="Canonicalization"/>, and sees that it still computes
    /// what ONNX Runtime computes from the file.
    /// </summary>
    /// <param name="path">An ONNX file.</param>
    /// <param name="inputs">Sizes of inputs, where the file leaves them open; the batch is as in <see cref="BatchOpening"/>, whatever they say.</param>
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
        var form = Canonicalization.Apply(ConstantFolding.Apply(new BatchOpening(inputs).Apply(network)));
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
}
