using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Inference.Images;

// Reads batches in order, each one in parallel, the next while one is in use. A file is held only while it is decoded, so
// that memory does not grow with what a batch of hostile files unpacks to.
internal sealed class ImageBatchReader(
    LabelledImages images,
    ImageStore store,
    ImmutableArray<string> keys,
    Preprocessor preprocessor,
    ImageBatchOptions options
)
{
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
            // The reader may not be disposed while a batch is being read.
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

    // Why the image cannot be read; null where it can.
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

    // Closes the gaps that unreadable images leave.
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
