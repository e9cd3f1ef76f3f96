using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Contracts;

namespace Tacit.Inference.Images;

/// <summary>
/// Reads batches of images in order. The images of a batch are decoded in parallel, and the next batch is read while one is in
/// use.
/// </summary>
/// <remarks>
/// An encoded file is kept in memory only while it is decoded, so that memory use does not grow with the unpacked size of a
/// batch of hostile files.
/// </remarks>
/// <param name="images">The set.</param>
/// <param name="store">The store that contains the files.</param>
/// <param name="keys">The key of each image in the store.</param>
/// <param name="preprocessor">Converts the images.</param>
/// <param name="options">The batch size, the parallelism and the tolerance for unreadable images.</param>
internal sealed class ImageBatchReader(
    LabelledImages images,
    ImageStore store,
    ImmutableArray<string> keys,
    Preprocessor preprocessor,
    ImageBatchOptions options
)
{
    /// <summary>
    /// Enumerates the batches. All but the last cover <see cref="ImageBatchOptions.BatchSize"/> images of the set, less those
    /// that cannot be read.
    /// </summary>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="InvalidDatasetException">More images are unreadable than allowed, or all are.</exception>
    public IEnumerable<ImageBatch> Read(CancellationToken cancellationToken)
    {
        using var reader = store.OpenReader();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var skipped = new List<SkippedImage>();
        var next = Start(reader, 0, stop.Token);
        try
        {
            for (var end = options.BatchSize; ; end += options.BatchSize)
            {
                var batch = next.GetAwaiter().GetResult();
                skipped.AddRange(batch.Skipped);
                Check(skipped, end >= keys.Length);
                if (end >= keys.Length)
                {
                    yield return batch;
                    yield break;
                }

                next = Start(reader, end, stop.Token);
                yield return batch;
            }
        }
        finally
        {
            // The reader must not be disposed while a batch is being read.
            stop.Cancel();
            Task.WhenAny(next).Wait(CancellationToken.None);
        }
    }

    private Task<ImageBatch> Start(IImageReader reader, int start, CancellationToken cancellationToken) =>
        Task.Run(() => ReadBatch(reader, start, Math.Min(options.BatchSize, keys.Length - start), cancellationToken), cancellationToken);

    private ImageBatch ReadBatch(IImageReader reader, int start, int count, CancellationToken cancellationToken)
    {
        var reasons = new string?[count];
        var size = preprocessor.Preprocessing.ElementCount;
        var tensor = new float[checked(count * size)];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellationToken };
        Parallel.For(0, count, parallel, i => reasons[i] = Fill(reader, start + i, tensor.AsSpan(i * size, size)));
        return Batch(start, tensor, reasons);
    }

    // Returns why the image cannot be read; null on success.
    private string? Fill(IImageReader reader, int index, Span<float> tensor)
    {
        try
        {
            byte[] bytes;
            lock (reader)
            {
                bytes = reader.Read(keys[index]);
            }

            preprocessor.Fill(ImageDecoder.Decode(bytes, images.Images[index].Name), tensor);
            return null;
        }
        catch (Exception exception) when (exception is InvalidFileException or IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    // Closes the gaps that unreadable images leave in the tensor.
    private ImageBatch Batch(int start, float[] tensor, string?[] reasons)
    {
        var size = preprocessor.Preprocessing.ElementCount;
        List<string> names = [];
        List<int> labels = [];
        List<SkippedImage> skipped = [];
        for (var i = 0; i < reasons.Length; i++)
        {
            var image = images.Images[start + i];
            if (reasons[i] is { } reason)
            {
                skipped.Add(new SkippedImage(image.Name, reason));
                continue;
            }

            if (skipped.Count > 0)
            {
                tensor.AsSpan(i * size, size).CopyTo(tensor.AsSpan(names.Count * size));
            }

            names.Add(image.Name);
            labels.Add(image.Label);
        }

        return new ImageBatch(names, labels, tensor.AsMemory(0, names.Count * size), skipped);
    }

    private void Check(List<SkippedImage> skipped, bool end)
    {
        if (skipped.Count > options.MaxUnreadable * keys.Length || (end && skipped.Count == keys.Length))
        {
            var examples = string.Join("; ", skipped.Take(3).Select(image => image.Reason));
            throw new InvalidDatasetException(
                $"{images.Path}: {skipped.Count} of {keys.Length} images cannot be read{(end ? "" : " so far")}, more than the {options.MaxUnreadable:P0} allowed: {examples}"
            )
            {
                Path = images.Path,
            };
        }
    }
}
