namespace Tacit.Inference.Images;

/// <summary>An image that could not be read, and why.</summary>
public sealed record SkippedImage(string Name, string Reason);

/// <summary>Some images of a set, ready for a network.</summary>
/// <param name="Names">The images' names.</param>
/// <param name="Labels">The index of each image's class.</param>
/// <param name="Tensor">The images, count x 3 x height x width, or with the channels last.</param>
/// <param name="Skipped">The images that would have been in this batch but could not be read.</param>
public sealed record ImageBatch(
    IReadOnlyList<string> Names,
    IReadOnlyList<int> Labels,
    ReadOnlyMemory<float> Tensor,
    IReadOnlyList<SkippedImage> Skipped
)
{
    /// <summary>The number of images.</summary>
    public int Count => Names.Count;
}
