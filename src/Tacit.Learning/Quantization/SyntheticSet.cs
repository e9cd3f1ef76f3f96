using System.Collections.Immutable;
using System.Globalization;
using Tacit.Graphs;
using Tacit.Graphs.WeightFiles;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;

namespace Tacit.Learning.Quantization;

/// <summary>Samples synthesised from a network, and the classes for which they were made.</summary>
/// <param name="Images">
/// The images, (N, C, H, W), or clips, (N, C, T, H, W), Float32. They are unbounded numbers in the network's own normalised units.
/// </param>
/// <param name="Labels">The class of each sample; for an encoder its prototype, or -1 if it was made by statistics alone.</param>
/// <param name="ModelHash">The SHA-256 of the network's file, in lower-case hexadecimal digits.</param>
/// <param name="Seed">The seed of the synthesis.</param>
public sealed record SyntheticSet(TensorData Images, ImmutableArray<int> Labels, string ModelHash, ulong Seed)
{
    private const string Kind = "tacit.synthetic-set";
    private const string TaskKey = "task";

    /// <summary>What the output of the network was taken for: labels are classes or prototypes. Default classifier.</summary>
    public NetworkTask Task { get; init; }

    /// <summary>The number of samples.</summary>
    public int Count => Labels.Length;

    /// <summary>The number of elements of one sample, C · H · W or C · T · H · W.</summary>
    public int SampleSize => (int)(Images.Count / Count);

    /// <summary>Writes the set to a .safetensors file with the tensors "images" and "labels". The file is replaced as a whole.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) =>
        SafeTensors.Write(
            path,
            new Dictionary<string, TensorData> { ["images"] = Images, ["labels"] = TensorData.Of([.. Labels]) },
            new Dictionary<string, string>
            {
                ["_type"] = Kind,
                ["_version"] = "1",
                ["model_sha256"] = ModelHash,
                ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
                [TaskKey] = Task.ToString().ToLowerInvariant(),
            }
        );

    /// <summary>Reads a set that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidFileException">The file is damaged or is not a set of synthetic samples.</exception>
    public static SyntheticSet Load(string path)
    {
        var file = SafeTensors.Read(path);
        if (
            file.Metadata.GetValueOrDefault("_type") != Kind
            || !file.Tensors.TryGetValue("images", out var images)
            || images.Element != ElementType.Float32
            || !file.Tensors.TryGetValue("labels", out var labels)
            || labels.Element != ElementType.Int32
            || images.Sizes.Length < 2
            || labels.Sizes.Length != 1
            || images.Sizes[0] != labels.Sizes[0]
            || labels.Count == 0
        )
        {
            throw new InvalidFileException(
                $"{path} is not a set of synthetic samples; make one with {nameof(ZeroShotQuantization)}.{nameof(ZeroShotQuantization.Synthesize)}"
            )
            {
                Path = path,
            };
        }

        _ = ulong.TryParse(file.Metadata.GetValueOrDefault("seed"), CultureInfo.InvariantCulture, out var seed);
        _ = Enum.TryParse<NetworkTask>(file.Metadata.GetValueOrDefault(TaskKey), ignoreCase: true, out var task);
        return new SyntheticSet(images, [.. labels.As<int>()], file.Metadata.GetValueOrDefault("model_sha256", ""), seed) { Task = task };
    }
}
