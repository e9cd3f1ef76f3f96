using Tacit.Graphs;
using Tacit.Learning.Execution;
using Tacit.Learning.Quantization;
using Tacit.Learning.Quantization.Hast;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Quantization.Hast;

[NoTensorLeaks]
public sealed class SampleBatchesTests
{
    [Fact]
    public void A_clip_is_cropped_as_an_image_is_in_every_frame()
    {
        using var scope = NewDisposeScope();
        var options = new FineTuningOptions
        {
            BatchSize = 5,
            CropArea = 0.5,
            Seed = 4,
        };
        var images = NoiseImages.Of(7, [3, 12, 12], 1);
        var still = images.ToTensor(CPU).unsqueeze(2).expand(7, 3, 4, 12, 12).contiguous().ToData(); // (N, C, T, H, W)
        using var ofImages = new SampleBatches(options, [images], CPU);
        using var ofClips = new SampleBatches(options, [still], CPU);

        var expected = ofImages.Take(3); // (B, C, H, W)
        var clips = ofClips.Take(3); // (B, C, T, H, W)

        Assert.Equal([5, 3, 4, 12, 12], clips.shape);
        for (var frame = 0; frame < 4; frame++)
        {
            Assert.Equal(0, (clips.select(2, frame) - expected).abs().max().ToSingle(), 1e-6);
        }
    }
}
