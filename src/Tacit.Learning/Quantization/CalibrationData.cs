using Tacit.Graphs;
using Tacit.Graphs.WeightFiles;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Quantization;

/// <summary>Images or clips of the kind that a network is used on, without labels. A few are enough.</summary>
/// <param name="Images">
/// The images, (N, C, H, W), or clips, (N, C, T, H, W), Float32, prepared as for the network, with the channels first.
/// </param>
/// <param name="Source">The path from which they were read, for messages.</param>
public sealed record CalibrationData(TensorData Images, string Source)
{
    private const string Kind = "tacit.calibration-images";

    /// <summary>The number of images or clips.</summary>
    public int Count => (int)Images.Sizes[0];

    /// <summary>Reads images, at any depth of a folder or a ZIP file.</summary>
    /// <param name="path">The folder or the ZIP file.</param>
    /// <param name="preprocessing">The preparation of images for the network. The channels come first, whatever it says.</param>
    /// <param name="most">The largest number of images, at least 1. If there are more, they are chosen at random.</param>
    /// <param name="seed">The seed of that choice.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="InvalidDatasetException">
    /// There are no images, too many cannot be read, or they would take more than 2 GB.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was requested.</exception>
    public static CalibrationData Read(
        string path,
        Preprocessing preprocessing,
        int most,
        ulong seed,
        CancellationToken cancellation = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        var images = LabelledImages.OpenUnlabelled(path, cancellationToken: cancellation);
        var used = Math.Min(most, images.Images.Length);
        if (used > int.MaxValue / sizeof(float) / preprocessing.ElementCount)
        {
            throw new InvalidDatasetException($"{used} images take more than 2 GB; use fewer (parameter 'most')") { Path = path };
        }

        preprocessing = preprocessing with { Layout = ImageLayout.ChannelsFirst };
        var order = new RandomStream(seed, "calibration").Permutation(images.Images.Length);
        images = images.Choose(order.Take(used).Order());
        var elements = new List<float>();
        foreach (var batch in images.ReadBatches(preprocessing, cancellationToken: cancellation))
        {
            elements.AddRange(batch.Tensor.Span);
        }

        var count = elements.Count / preprocessing.ElementCount;
        return new CalibrationData(TensorData.Of<float>(elements.ToArray(), count, 3, preprocessing.Height, preprocessing.Width), path);
    }

    /// <summary>Writes the prepared images to a .safetensors file with the tensor "images".</summary>
    /// <param name="path">The file.</param>
    public void Save(string path) =>
        SafeTensors.Write(
            path,
            new Dictionary<string, TensorData> { ["images"] = Images },
            new Dictionary<string, string>
            {
                ["_type"] = Kind,
                ["_version"] = "1",
                ["source"] = Source,
            }
        );

    /// <summary>Reads images that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidFileException">The file is damaged or is not a set of calibration images.</exception>
    public static CalibrationData Load(string path)
    {
        var file = SafeTensors.Read(path);
        return
            file.Metadata.GetValueOrDefault("_type") == Kind
            && file.Tensors.TryGetValue("images", out var images)
            && images.Element == ElementType.Float32
            && images.Sizes.Length is 4 or 5
            ? new CalibrationData(images, file.Metadata.GetValueOrDefault("source", ""))
            : throw new InvalidFileException($"{path} does not hold the images of a calibration") { Path = path };
    }
}
