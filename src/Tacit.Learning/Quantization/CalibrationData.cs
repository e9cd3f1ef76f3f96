using Tacit.Graphs;
using Tacit.Graphs.WeightFiles;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Quantization;

/// <summary>Images or clips of the kind that a network is used on, without labels: a few are enough.</summary>
/// <param name="Images">(N, C, H, W) or, of clips, (N, C, T, H, W), Float32, prepared as the network wants them, but for the order of the axes.</param>
/// <param name="Source">Where they came from.</param>
public sealed record CalibrationData(TensorData Images, string Source)
{
    private const string Kind = "tacit.calibration-images";

    /// <summary>The number of images.</summary>
    public int Count => (int)Images.Sizes[0];

    /// <summary>Reads images, at any depth of a folder or a ZIP file.</summary>
    /// <param name="path">The folder or the ZIP file.</param>
    /// <param name="preprocessing">How the network wants them.</param>
    /// <param name="most">The most images; where there are more, a random choice of so many.</param>
    /// <param name="seed">The seed of that choice.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="InvalidDatasetException">There are no images, or too many cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
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

    /// <summary>Writes the prepared images as .safetensors: a tensor "images".</summary>
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

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidFileException">The file is damaged, or is something else.</exception>
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
