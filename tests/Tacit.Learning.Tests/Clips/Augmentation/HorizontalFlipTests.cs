using Tacit.Learning.Clips.Augmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Clips.Augmentation;

[NoTensorLeaks]
public sealed class HorizontalFlipTests
{
    [Fact]
    public void A_flip_mirrors_rows()
    {
        using var scope = NewDisposeScope();
        var clip = arange(3 * 2 * 2 * 3, ScalarType.Float32).reshape(3, 2, 2, 3);
        HorizontalFlip.Apply(clip);

        Assert.Equal([.. Enumerable.Range(0, 36).Select(i => (float)(i / 3 * 3 + 2 - i % 3))], clip.data<float>().ToArray());
    }
}
