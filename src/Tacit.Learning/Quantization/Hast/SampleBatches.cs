using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Draws the batches of fine-tuning: each pass goes over the samples in a new order, cropped and mirrored at random.</summary>
/// <remarks>
/// A crop keeps a random share of the area (<see cref="FineTuningOptions.CropArea"/> to 1), has an aspect ratio of 3/4 to 4/3 and
/// is scaled back bilinearly. Half of the samples are mirrored. These are the authors' RandomResizedCrop and
/// RandomHorizontalFlip, applied to the whole batch at once. A batch depends only on the seed and the step. All frames of a clip
/// are cropped and mirrored in the same way. Samples without height and width are not changed.
/// </remarks>
/// <param name="options">The batch size, the crops and the seed.</param>
/// <param name="pools">The sets of samples, (N, C, [T,] H, W) each, Float32. Each gives an equal part of every batch.</param>
/// <param name="device">The device of the batches.</param>
internal sealed class SampleBatches(FineTuningOptions options, ImmutableArray<TensorData> pools, Device device) : IDisposable
{
    private readonly ImmutableArray<Pool> _pools = [.. pools.Select((samples, index) => new Pool(samples, index, options.Seed, device))];

    /// <summary>Returns the batch of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>A new tensor without gradient, (B, C, H, W) or (B, C, T, H, W). The caller disposes it.</returns>
    public Tensor Take(long step)
    {
        using var scope = NewDisposeScope();
        var batch = cat([.. _pools.Select((pool, index) => pool.Take(step, Share(index)))], 0); // (B, C, [T,] H, W)
        if (batch.dim() < 4)
        {
            return batch.MoveToOuterDisposeScope();
        }

        var pictures = batch.flatten(1, -3); // (B, C·T, H, W)
        var grid = nn.functional.affine_grid(Transforms(step).to(device), pictures.shape, align_corners: false); // (B, H, W, 2)
        pictures = nn.functional.grid_sample(pictures, grid, padding_mode: GridSamplePaddingMode.Border, align_corners: false);
        return pictures.reshape(batch.shape).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pool in _pools)
        {
            pool.Dispose();
        }
    }

    // Equal parts of a batch; the first pools get what is left over.
    private int Share(int pool) => options.BatchSize / _pools.Length + (pool < options.BatchSize % _pools.Length ? 1 : 0);

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

    /// <summary>One set of samples, gone through again and again in new orders.</summary>
    private sealed class Pool(TensorData samples, int index, ulong seed, Device device) : IDisposable
    {
        private readonly Tensor _images = samples.ToTensor(device).DetachFromDisposeScope(); // (N, C, H, W)
        private readonly int _count = (int)samples.Sizes[0];
        private readonly string _stream = index == 0 ? "fine-tuning.order" : $"fine-tuning.order.{index}";
        private (long Pass, int[] Indices) _order = (-1, []);

        public Tensor Take(long step, int share)
        {
            var indices = new long[share];
            for (var item = 0; item < share; item++)
            {
                var drawn = step * share + item;
                indices[item] = Order(drawn / _count)[drawn % _count];
            }

            return _images.index_select(0, tensor(indices, device: _images.device));
        }

        public void Dispose() => _images.Dispose();

        private int[] Order(long pass)
        {
            if (_order.Pass != pass)
            {
                _order = (pass, new RandomStream(seed, _stream, pass).Permutation(_count));
            }

            return _order.Indices;
        }
    }
}
