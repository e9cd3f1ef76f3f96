using Tacit.Learning.Pretraining.Augmentation;

namespace Tacit.Learning.Tests.Pretraining.Augmentation;

[NoTensorLeaks]
public sealed class GrayscaleTests
{
    [Fact]
    public void Grayscale_is_brightness() =>
        PixelCheck.Every(Grayscale.Apply, (pixel, _) => PixelCheck.Each(pixel, _ => PixelCheck.Brightness(pixel)));
}
