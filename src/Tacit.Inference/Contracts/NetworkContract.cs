using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Video.Clips;

namespace Tacit.Inference.Contracts;

/// <summary>What a network takes and gives: its inputs and outputs by kind, and what its file says of them.</summary>
/// <remarks>It is derived from a network that was read, or from a session, where it is <see cref="Sessions.OnnxSession.Contract"/>; both agree.</remarks>
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
            { Classes: not null } => NetworkTask.Classifier,
            { Backbone: not null } or { Method: not null } => NetworkTask.Encoder,
            _ => outputs is [{ Name: EncoderOutput }, ..] ? NetworkTask.Encoder : NetworkTask.Classifier,
        };
    }

    /// <summary>The inputs.</summary>
    public ImmutableArray<NetworkInput> Inputs { get; }

    /// <summary>The input; null where there is not one.</summary>
    public NetworkInput? Input => Inputs is [var input] ? input : null;

    /// <summary>The outputs.</summary>
    public ImmutableArray<NetworkOutput> Outputs { get; }

    /// <summary>The batch size that the network is fixed to; null where it takes any.</summary>
    public int? Batch { get; }

    /// <summary>What the file says of the network.</summary>
    public ModelMetadata Metadata { get; }

    /// <summary>
    /// What the first output means. A classifier names classes in its metadata. An encoder says in it how it was pretrained, or its
    /// first output is called "features". All else is a classifier.
    /// </summary>
    public NetworkTask Task { get; }

    /// <summary>The names of the classes; empty where the file gives none.</summary>
    public ImmutableArray<string> Classes => Metadata.Classes ?? [];

    /// <summary>What its samples are called: "images" or "clips".</summary>
    public string Samples => Inputs.IsEmpty ? "samples" : Inputs[0].Samples;

    /// <summary>Whether the file says how its samples are prepared.</summary>
    public bool StatesPreprocessing => Input is ClipInput ? Metadata.Clips is not null : Metadata.Images is not null;

    /// <summary>The contract of a network.</summary>
    /// <param name="model">The network.</param>
    /// <param name="inputs">Shapes that take the place of declared ones, by name; null for none.</param>
    /// <exception cref="UnsuitableModelException">An entry of the metadata is unknown or makes no sense.</exception>
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

    /// <summary>The input, where it takes images.</summary>
    /// <exception cref="UnsuitableModelException">The network has not one input Float32 N x 3 x H x W or N x H x W x 3.</exception>
    public ImageInput RequireImages() =>
        Input is ImageInput { TakesColor: true } images
            ? images
            : throw Unsuitable(
                $"does not take images: it must have one input Float32 N x 3 x height x width, or N x height x width x 3, but has {Text(Inputs.Select(input => input.Value))}"
            );

    /// <summary>The input, where it takes clips of video.</summary>
    /// <exception cref="UnsuitableModelException">The network has not one input Float32 N x 3 x T x H x W, or its frames are not square.</exception>
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

    /// <summary>The first output, where it is a vector for each sample.</summary>
    /// <param name="vectors">What the vectors are called in messages, such as "features".</param>
    /// <exception cref="UnsuitableModelException">It is not.</exception>
    public VectorOutput RequireVectors(string vectors) =>
        Outputs is [VectorOutput first, ..]
            ? first
            : throw Unsuitable(
                $"gives no {vectors}: its first output must be Float32 N x D, but it has {Text(Outputs.Select(output => output.Value))}"
            );

    /// <summary>The preprocessing of images to use: the given one, else that of the file; in the layout that the network takes.</summary>
    /// <exception cref="UnsuitableModelException">There is neither, it does not fit the input, or the network does not take images.</exception>
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

    /// <summary>The preprocessing of clips to use: the given one, else that of the file.</summary>
    /// <exception cref="UnsuitableModelException">There is neither, it does not fit the input, or the network does not take clips.</exception>
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

    /// <summary>An exception that says what is unsuitable in the network.</summary>
    /// <param name="reason">The message but for the network's name, such as "is an encoder".</param>
    internal UnsuitableModelException Unsuitable(string reason) => new($"{_name} {reason}") { Path = _path };

    private static string Text(IEnumerable<Value> values) => string.Join("; ", values.Select(value => $"{value.Name}: {value.Type}"));

    private static string Size(int? size) => size is { } known ? $"{known}" : "any number of";
}
