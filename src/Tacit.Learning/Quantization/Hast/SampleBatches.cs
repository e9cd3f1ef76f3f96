using Tacit.Learning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Draws the batches of fine-tuning: each pass over the samples in a new order, cropped and mirrored at random.</summary>
/// <remarks>
/// A crop keeps a random share of the area, has an aspect ratio of 3/4 to 4/3, and is scaled back bilinearly; half are mirrored
/// (the authors' RandomResizedCrop and RandomHorizontalFlip, here for the whole batch at once). All of it is a function of
/// (seed, step, item). Clips, of five dimensions, are taken as they are.
/// </remarks>
internal sealed class SampleBatches(FineTuningOptions options, int samples)
{
    private (long Pass, int[] Indices) _order = (-1, []);

    /// <summary>The batch of a step, (B, C, H, W), new and without a gradient.</summary>
    public Tensor Take(Tensor images, long step)
    {
        using var scope = NewDisposeScope();
        var indices = new long[options.BatchSize];
        for (var item = 0; item < indices.Length; item++)
        {
            var drawn = step * options.BatchSize + item;
            indices[item] = Order(drawn / samples)[drawn % samples];
        }

        var batch = images.index_select(0, tensor(indices, device: images.device)); // (B, C, H, W)
        if (images.dim() == 4)
        {
            var grid = nn.functional.affine_grid(Transforms(step).to(images.device), batch.shape, align_corners: false); // (B, H, W, 2)
            batch = nn.functional.grid_sample(batch, grid, padding_mode: GridSamplePaddingMode.Border, align_corners: false);
        }

        return batch.MoveToOuterDisposeScope();
    }

    private int[] Order(long pass)
    {
        if (_order.Pass != pass)
        {
            _order = (pass, new RandomStream(options.Seed, "fine-tuning.order", pass).Permutation(samples));
        }

        return _order.Indices;
    }

    // (B, 2, 3): where the corners of each output lie in its image, from -1 to 1.
    private Tensor Transforms(long step)
    {
        var transforms = new float[options.BatchSize * 6];
        for (var item = 0; item < options.BatchSize; item++)
        {
            var random = new RandomStream(options.Seed, "fine-tuning.crop", step, item);
            var area = options.CropArea + (1 - options.CropArea) * random.NextDouble();
            var aspect = options.CropArea == 1 ? 1 : Math.Exp((2 * random.NextDouble() - 1) * Math.Log(4.0 / 3));
            var width = Math.Min(1, Math.Sqrt(area * aspect));
            var height = Math.Min(1, Math.Sqrt(area / aspect));
            var mirror = random.NextSingle() < 0.5f ? -1 : 1;
            var row = transforms.AsSpan(item * 6, 6);
            row[0] = (float)(width * mirror);
            row[2] = (float)((2 * random.NextDouble() - 1) * (1 - width));
            row[4] = (float)height;
            row[5] = (float)((2 * random.NextDouble() - 1) * (1 - height));
        }

        return tensor(transforms, [options.BatchSize, 2, 3]);
    }
}
