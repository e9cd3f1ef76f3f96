namespace Tacit.Inference.Images;

/// <summary>An image that could not be read.</summary>
/// <param name="Name">The name of the image in the set.</param>
/// <param name="Reason">The problem, on one line.</param>
public sealed record SkippedImage(string Name, string Reason);

/// <summary>A batch of preprocessed images.</summary>
/// <param name="Names">The names of the images.</param>
/// <param name="Labels">The class index of each image.</param>
/// <param name="Tensor">
/// The images as a tensor of shape (N, 3, H, W), or (N, H, W, 3) if the preprocessing puts the channels last.
/// </param>
/// <param name="Skipped">The images that belong to this batch but could not be read. They are not included in the other lists.</param>
public sealed record ImageBatch(
    IReadOnlyList<string> Names,
    IReadOnlyList<int> Labels,
    ReadOnlyMemory<float> Tensor,
    IReadOnlyList<SkippedImage> Skipped
)
{
    /// <summary>The number of images, which may be 0 if none could be read.</summary>
    public int Count => Names.Count;
}
