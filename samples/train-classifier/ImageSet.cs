using System.Collections.Immutable;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Learning.Optimization;
using static TorchSharp.torch;

namespace TrainClassifier;

/// <summary>Small images in memory, one byte per channel of a pixel, and the batches that a network is trained on.</summary>
internal sealed class ImageSet
{
    private const int Border = 4;

    private readonly Preprocessing _preprocessing;
    private readonly byte[] _pixels;
    private readonly int[] _labels;

    private ImageSet(Preprocessing preprocessing, ImmutableArray<string> classes, byte[] pixels, int[] labels)
    {
        _preprocessing = preprocessing;
        _pixels = pixels;
        _labels = labels;
        Classes = classes;
    }

    public ImmutableArray<string> Classes { get; }

    public int Count => _labels.Length;

    public static ImageSet Read(string path, Preprocessing preprocessing)
    {
        var images = LabelledImages.Open(path);
        var raw = new Preprocessing(preprocessing.Width, preprocessing.Height) { Scale = 1 };
        var pixels = new byte[(long)images.Images.Length * raw.ElementCount];
        var labels = new List<int>(images.Images.Length);
        foreach (var batch in images.ReadBatches(raw, new ImageBatchOptions { BatchSize = 256 }))
        {
            var target = pixels.AsSpan(labels.Count * raw.ElementCount);
            var source = batch.Tensor.Span;
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = (byte)MathF.Round(source[i]);
            }

            labels.AddRange(batch.Labels);
        }

        return new ImageSet(preprocessing, images.Classes, pixels, [.. labels]);
    }

    /// <summary>Images as they are: B x 3 x height x width, and B labels.</summary>
    public (Tensor Images, Tensor Labels) Batch(ReadOnlySpan<int> indices) => Batch(indices, static _ => (0, 0, false));

    /// <summary>Images shifted by up to four pixels, black moving in, and mirrored half of the time.</summary>
    public (Tensor Images, Tensor Labels) AugmentedBatch(ReadOnlySpan<int> indices, ulong seed, long epoch) =>
        Batch(
            indices,
            image =>
            {
                var random = new RandomStream(seed, "augmentation", epoch, image);
                return (random.NextInt32(2 * Border + 1) - Border, random.NextInt32(2 * Border + 1) - Border, random.NextInt32(2) == 1);
            }
        );

    private (Tensor Images, Tensor Labels) Batch(ReadOnlySpan<int> indices, Func<int, (int Right, int Down, bool Mirror)> place)
    {
        var elements = _preprocessing.ElementCount;
        var values = new float[indices.Length * elements];
        var labels = new long[indices.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            var (right, down, mirror) = place(indices[i]);
            Copy(_pixels.AsSpan(indices[i] * elements, elements), values.AsSpan(i * elements, elements), right, down, mirror);
            labels[i] = _labels[indices[i]];
        }

        return (tensor(values, [indices.Length, 3, _preprocessing.Height, _preprocessing.Width]), tensor(labels));
    }

    private void Copy(ReadOnlySpan<byte> source, Span<float> target, int right, int down, bool mirror)
    {
        int width = _preprocessing.Width,
            height = _preprocessing.Height;
        ReadOnlySpan<float> mean = [_preprocessing.Mean.First, _preprocessing.Mean.Second, _preprocessing.Mean.Third];
        ReadOnlySpan<float> std = [_preprocessing.Std.First, _preprocessing.Std.Second, _preprocessing.Std.Third];
        for (var channel = 0; channel < 3; channel++)
        {
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    int fromX = (mirror ? width - 1 - x : x) + right,
                        fromY = y + down;
                    var inside = (uint)fromX < (uint)width && (uint)fromY < (uint)height;
                    var pixel = inside ? source[(channel * height + fromY) * width + fromX] : 0;
                    target[(channel * height + y) * width + x] = (pixel * _preprocessing.Scale - mean[channel]) / std[channel];
                }
            }
        }
    }
}
