using Tacit.Learning.Quantization.Hast;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Quantization.Hast;

[NoTensorLeaks]
public sealed class EncoderHeadTests
{
    [Fact]
    public void Prototypes_are_far_apart_and_logits_their_cosines()
    {
        using var scope = NewDisposeScope();

        // The mean is (1, 1): less it, the features are (2, 0), (0, 1), (-2, -3), (0, 2).
        using var head = new EncoderHead(tensor(new float[] { 3, 1, 1, 2, -1, -2, 1, 3 }).reshape(4, 2));

        var logits = head.Logits(tensor(new float[] { -1, -2, 1, 9 }).reshape(2, 2)); // (2, 4)

        // First the longest, (-2, -3); from it (0, 2) and (0, 1) are the farthest.
        Assert.Equal(10, logits[0, 0].ToSingle(), 1e-4);
        Assert.Equal(-10 * 3 / Math.Sqrt(13), logits[1, 0].ToSingle(), 1e-4);
        Assert.Equal(10, logits[1, 1].ToSingle(), 1e-4);
    }

    [Fact]
    public void Regression_is_in_parts_of_the_variance()
    {
        using var scope = NewDisposeScope();
        using var head = new EncoderHead(tensor(new float[] { 3, 0, -3, 0 }).reshape(2, 2));

        Assert.Equal(4 / 4.5, head.Regression(full([2, 2], 2f), zeros(2, 2)).ToSingle(), 1e-5);
    }

    [Fact]
    public void There_are_no_more_prototypes_than_samples_and_no_more_than_32()
    {
        using var scope = NewDisposeScope();
        using var few = new EncoderHead(randn(5, 8));
        using var many = new EncoderHead(randn(50, 8));

        Assert.Equal((5, 32), (few.Logits(randn(1, 8)).shape[1], many.Logits(randn(1, 8)).shape[1]));
    }
}
