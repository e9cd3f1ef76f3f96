using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Inference.Tests.Golden;

namespace Tacit.Inference.Tests.Images;

public sealed class PreprocessorTests
{
    public static TheoryData<int> Crops => [.. Enumerable.Range(0, GoldenImages.All.Crop.Length)];

    [Fact]
    public void Normalises_and_puts_channels_apart()
    {
        var preprocessor = new Preprocessor(new Preprocessing(2, 1) { Mean = new(0.5f, 0, 0), Std = new(0.5f, 1, 0.1f) });
        var tensor = new float[6];

        preprocessor.Fill([255, 51, 0, 0, 102, 255], tensor);

        Assert.Equal([1f, -1f, 0.2f, 0.4f, 0f, 10f], tensor, (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void Keeps_the_channels_together_where_they_come_last()
    {
        var preprocessing = new Preprocessing(2, 1)
        {
            Mean = new(0.5f, 0, 0),
            Std = new(0.5f, 1, 0.1f),
            Layout = ImageLayout.ChannelsLast,
        };
        var preprocessor = new Preprocessor(preprocessing);
        var tensor = new float[6];
        byte[] pixels = [255, 51, 0, 0, 102, 255];

        preprocessor.Fill(pixels, tensor);

        Assert.Equal([1f, 0.2f, 0f, -1f, 0.4f, 10f], tensor, (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal(pixels, preprocessor.ToImage(tensor).Pixels.ToArray());
        Assert.Equal([7, 1, 2, 3], preprocessing.Sizes(7));
    }

    [Fact]
    public void Puts_blue_first_for_BGR()
    {
        var preprocessor = new Preprocessor(
            new Preprocessing(1, 1)
            {
                ColorOrder = ColorOrder.BGR,
                Scale = 1,
                Mean = new(100, 0, 0),
            }
        );
        var tensor = new float[3];

        preprocessor.Fill([1, 2, 103], tensor);

        Assert.Equal([3f, 2f, 1f], tensor);
    }

    [Theory]
    [MemberData(nameof(Crops))]
    public void Scales_and_cuts_as_torchvision_does(int index)
    {
        var golden = GoldenImages.All.Crop[index];
        var preprocessor = new Preprocessor(
            new Preprocessing(golden.ToWidth, golden.ToHeight) { Resize = ResizeMode.ShortSideCrop, ShortSide = golden.ShortSide }
        );
        var tensor = new float[preprocessor.Preprocessing.ElementCount];

        preprocessor.Fill(new RgbImage(golden.Width, golden.Height, golden.Pixels), tensor);

        Assert.Equal(golden.Expected, preprocessor.ToImage(tensor).Pixels.ToArray());
    }

    [Theory]
    [InlineData(ColorOrder.RGB)]
    [InlineData(ColorOrder.BGR)]
    public void Gives_every_pixel_back_from_its_tensor(ColorOrder order)
    {
        var preprocessor = new Preprocessor(
            new Preprocessing(16, 16)
            {
                Mean = new(0.485f, 0.456f, 0.406f),
                Std = new(0.229f, 0.224f, 0.225f),
                ColorOrder = order,
            }
        );
        var pixels = Enumerable.Range(0, 768).Select(i => (byte)i).ToArray();
        var tensor = new float[768];

        preprocessor.Fill(pixels, tensor);

        Assert.Equal(pixels, preprocessor.ToImage(tensor).Pixels.ToArray());
    }

    [Fact]
    public void Refuses_an_image_too_long_to_scale_by_its_short_side()
    {
        var preprocessor = new Preprocessor(new Preprocessing(224, 224) { Resize = ResizeMode.ShortSideCrop, ShortSide = 256 });

        Assert.Throws<InvalidFileException>(() => preprocessor.Fill(new RgbImage(10000, 1, new byte[30000]), new float[3 * 224 * 224]));
    }

    [Fact]
    public void Refuses_a_tensor_of_another_size()
    {
        var exception = Assert.Throws<ArgumentException>(() => new Preprocessor(new Preprocessing(2, 2)).Fill(new byte[12], new float[11]));

        Assert.StartsWith("3 x 2 x 2 takes 12 elements, not 11", exception.Message, StringComparison.Ordinal);
    }
}
