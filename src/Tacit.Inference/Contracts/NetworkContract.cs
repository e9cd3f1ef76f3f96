using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Video.Clips;

namespace Tacit.Inference.Contracts;

/// <summary>The kinds of a network's inputs and outputs, and the statements of its file about them.</summary>
/// <remarks>
/// It is derived from a network that was read, or from a session (<see cref="Sessions.OnnxSession.Contract"/>). Both give the same
/// contract.
/// </remarks>
/// <example><code>
/// var contract = NetworkContract.Of(OnnxReader.Read("classifier.onnx"));
/// contract.Input is ClipInput { Frames: 16 };   // true
/// contract.Classes;   // [walk, run]
/// </code></example>
public sealed class NetworkContract
{
    private const string EncoderOutput = "features";

    private readonly string _name;
    private readonly string? _path;

    private NetworkContract(
        string name,
        string? path,
        IReadOnlyList<Value> inputs,
        IReadOnlyList<Value> outputs,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        (_name, _path) = (name, path);
        var batch = FixedBatch.Of(inputs);
        Batch = checked((int?)batch);
        Inputs = [.. inputs.Select(NetworkInput.Of)];
        Outputs = [.. outputs.Select(output => NetworkOutput.Of(output, batch))];
        Metadata = ModelMetadata.Read(metadata);
        Task = Metadata switch
        {
            { Classes: not null } => NetworkTask.Classes,
            { Backbone: not null } or { Method: not null } => NetworkTask.Features,
            _ when outputs is [{ Name: EncoderOutput }, ..] => NetworkTask.Features,
            _ => Outputs is [VectorOutput] ? NetworkTask.Classes : NetworkTask.Maps,
        };
    }

    /// <summary>The inputs.</summary>
    public ImmutableArray<NetworkInput> Inputs { get; }

    /// <summary>The only input; null if there are none or several.</summary>
    public NetworkInput? Input => Inputs is [var input] ? input : null;

    /// <summary>The outputs.</summary>
    public ImmutableArray<NetworkOutput> Outputs { get; }

    /// <summary>The batch size to which the network is fixed; null if it accepts any.</summary>
    public int? Batch { get; }

    /// <summary>The metadata of the file.</summary>
    public ModelMetadata Metadata { get; }

    /// <summary>
    /// The meaning of the outputs. They are classes if the metadata names classes, and features if the metadata states how the network was
    /// pretrained or if the first output is named "features". Otherwise, one output (N, D) is classes, and all others are maps.
    /// </summary>
    public NetworkTask Task { get; }

    /// <summary>The names of the classes; empty if the file does not state them.</summary>
    public ImmutableArray<string> Classes => Metadata.Classes ?? [];

    /// <summary>The name of the samples in messages: "images", "clips" or "samples".</summary>
    public string Samples => Inputs.IsEmpty ? "samples" : Inputs[0].Samples;

    /// <summary>Whether the file states the preprocessing of its samples.</summary>
    public bool StatesPreprocessing => Input is ClipInput ? Metadata.Clips is not null : Metadata.Images is not null;

    /// <summary>Returns the contract of a network.</summary>
    /// <param name="model">The network.</param>
    /// <param name="inputs">Shapes that replace the declared ones, by name; null for none.</param>
    /// <exception cref="UnsuitableModelException">An entry of the metadata is unknown or has an invalid value.</exception>
    public static NetworkContract Of(Model model, IReadOnlyDictionary<string, Shape>? inputs = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new NetworkContract(
            "the network",
            null,
            [
                .. model.Graph.Inputs.Select(input =>
                    inputs?.GetValueOrDefault(input.Name) is { } shape ? input with { Type = input.Type with { Shape = shape } } : input
                ),
            ],
            model.Graph.Outputs,
            model.Metadata
        );
    }

    /// <summary>Derives the contract of the file behind a session.</summary>
    /// <param name="file">The name of the file, for messages.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="outputs">Its outputs.</param>
    /// <param name="metadata">Its metadata.</param>
    internal static NetworkContract Of(
        string file,
        IReadOnlyList<Value> inputs,
        IReadOnlyList<Value> outputs,
        IReadOnlyDictionary<string, string> metadata
    ) => new(file, file, inputs, outputs, metadata);

    /// <summary>Returns the input of a network that takes images.</summary>
    /// <exception cref="UnsuitableModelException">The network does not have one Float32 input (N, 3, H, W) or (N, H, W, 3).</exception>
    public ImageInput RequireImages() =>
        Input is ImageInput { TakesColor: true } images
            ? images
            : throw Unsuitable(
                $"does not take images: it must have one input Float32 N x 3 x height x width, or N x height x width x 3, but has {Text(Inputs.Select(input => input.Value))}"
            );

    /// <summary>Returns the input of a network that takes clips of videos.</summary>
    /// <exception cref="UnsuitableModelException">
    /// The network does not have one Float32 input (N, 3, T, H, W), or its frames are not square.
    /// </exception>
    public ClipInput RequireClips() =>
        Input switch
        {
            ClipInput { TakesColor: true, PictureSize: var (width, height) } when width != height => throw Unsuitable(
                $"takes pictures of {width} x {height}; clips are prepared as squares"
            ),
            ClipInput { TakesColor: true } clips => clips,
            _ => throw Unsuitable(
                $"does not take clips: it must have one input Float32 N x 3 x frames x height x width, but has {Text(Inputs.Select(input => input.Value))}"
            ),
        };

    /// <summary>Returns the first output, which must be a vector for each sample.</summary>
    /// <param name="vectors">The name of the vectors in messages, such as "features".</param>
    /// <exception cref="UnsuitableModelException">The first output has another form.</exception>
    public VectorOutput RequireVectors(string vectors) =>
        Outputs is [VectorOutput first, ..]
            ? first
            : throw Unsuitable(
                $"gives no {vectors}: its first output must be Float32 N x D, but it has {Text(Outputs.Select(output => output.Value))}"
            );

    /// <summary>Returns the preprocessing of images in the layout of the network's input.</summary>
    /// <param name="preprocessing">The preprocessing; null for that of the file.</param>
    /// <exception cref="UnsuitableModelException">
    /// The preprocessing is neither given nor stated in the file, it does not match the input, or the network does not take images.
    /// </exception>
    public Preprocessing ResolveImages(Preprocessing? preprocessing = null)
    {
        var images = RequireImages();
        preprocessing ??=
            Metadata.Images
            ?? throw Unsuitable(
                $"does not say how its images are prepared (no metadata {ModelMetadata.ImageSizeKey}); give the mean, the standard deviation and the size"
            );
        return images.PictureSize is not var (width, height) || (preprocessing.Width == width && preprocessing.Height == height)
            ? preprocessing with
            {
                Layout = images.Layout,
            }
            : throw Unsuitable(
                $"takes images of {width} x {height}, but the preprocessing makes {preprocessing.Width} x {preprocessing.Height}"
            );
    }

    /// <summary>Returns the preprocessing of clips.</summary>
    /// <param name="preprocessing">The preprocessing; null for that of the file.</param>
    /// <exception cref="UnsuitableModelException">
    /// The preprocessing is neither given nor stated in the file, it does not match the input, or the network does not take clips.
    /// </exception>
    public ClipPreprocessing ResolveClips(ClipPreprocessing? preprocessing = null)
    {
        var clips = RequireClips();
        preprocessing ??=
            Metadata.Clips
            ?? throw Unsuitable(
                $"does not say how its clips are prepared (no metadata {ModelMetadata.FramesKey}); give the frames, the size, the mean and the standard deviation"
            );
        return (clips.Frames ?? preprocessing.Frames) == preprocessing.Frames && (clips.Side ?? preprocessing.Size) == preprocessing.Size
            ? preprocessing
            : throw Unsuitable(
                $"takes clips of {Size(clips.Frames)} frames of {Size(clips.Side)} pixels, but the preprocessing makes {preprocessing.Frames} frames of {preprocessing.Size} pixels"
            );
    }

    /// <summary>Creates the exception for a network that cannot be used.</summary>
    /// <param name="reason">The message without the network's name, such as "is an encoder".</param>
    internal UnsuitableModelException Unsuitable(string reason) => new($"{_name} {reason}") { Path = _path };

    private static string Text(IEnumerable<Value> values) => string.Join("; ", values.Select(value => $"{value.Name}: {value.Type}"));

    private static string Size(int? size) => size is { } known ? $"{known}" : "any number of";
}
