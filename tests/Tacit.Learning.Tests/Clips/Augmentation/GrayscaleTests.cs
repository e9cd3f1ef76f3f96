using Tacit.Learning.Clips.Augmentation;

namespace Tacit.Learning.Tests.Clips.Augmentation;

[NoTensorLeaks]
public sealed class GrayscaleTests
{
    [Fact]
    public void Grayscale_is_brightness() =>
        PixelCheck.Every(Grayscale.Apply, (pixel, _) => PixelCheck.Each(pixel, _ => PixelCheck.Brightness(pixel)));
}
