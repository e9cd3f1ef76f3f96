using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Augmentation;

internal static class GaussianBlur
{
    // Blurs every frame of a clip (3, T, H, W) in place; borders are mirrored.
    public static void Apply(Tensor clip, int kernel, double sigma)
    {
        using var scope = NewDisposeScope();
        var (height, width, margin) = (clip.shape[2], clip.shape[3], kernel / 2);
        var weights = tensor(Weights(kernel, sigma));
        var planes = nn.functional.pad(clip.flatten(0, 1).unsqueeze(1), (margin, margin, margin, margin), PaddingModes.Reflect); // (3T, 1, H+k-1, W+k-1)
        var blurred = nn.functional.conv2d(nn.functional.conv2d(planes, weights.reshape(1, 1, 1, kernel)), weights.reshape(1, 1, kernel, 1));
        clip.copy_(blurred.reshape(3, -1, height, width));
    }

    private static float[] Weights(int kernel, double sigma)
    {
        double[] bell = [.. Enumerable.Range(0, kernel).Select(i => Math.Exp(-0.5 * Math.Pow((i - kernel / 2) / sigma, 2)))];
        var sum = bell.Sum();
        return [.. bell.Select(weight => (float)(weight / sum))];
    }
}
