using Tacit.Graphs;
using Tacit.Inference.Contracts;

namespace Tacit.Inference.Tests.Contracts;

public sealed class NetworkInputTests
{
    public static TheoryData<Shape, ImageLayout, (int, int)?> Images =>
        new()
        {
            { new Shape("N", 3, 4, 6), ImageLayout.ChannelsFirst, (6, 4) },
            { new Shape("N", 4, 6, 3), ImageLayout.ChannelsLast, (6, 4) },
            { new Shape(1, "H", "W", 3), ImageLayout.ChannelsLast, null },
            { new Shape("N", 3, "H", 6), ImageLayout.ChannelsFirst, null },
            { new Shape("N", 3, 3, 3), ImageLayout.ChannelsFirst, (3, 3) },
            { new Shape("N", "C", 4, 6), ImageLayout.ChannelsFirst, (6, 4) },
        };

    [Theory]
    [MemberData(nameof(Images))]
    public void The_shape_of_images_says_where_the_channels_are(Shape shape, ImageLayout layout, (int, int)? size)
    {
        var images = Assert.IsType<ImageInput>(Of(shape));

        Assert.Equal((layout, size), (images.Layout, images.PictureSize));
    }

    [Fact]
    public void Five_axes_are_clips()
    {
        var clips = Assert.IsType<ClipInput>(Of(new Shape("N", 3, 16, 112, "W")));

        Assert.Equal((3, 16, 112, null, 112), (clips.Channels, clips.Frames, clips.Height, clips.Width, clips.Side));
    }

    [Fact]
    public void Other_numbers_of_axes_are_neither() => Assert.IsType<OtherInput>(Of(new Shape("N", 3)));

    [Theory]
    [InlineData(ElementType.Float32, 3, true)]
    [InlineData(ElementType.Float32, 1, false)]
    [InlineData(ElementType.UInt8, 3, false)]
    public void Colour_is_three_channels_of_numbers(ElementType element, int channels, bool expected) =>
        Assert.Equal(expected, NetworkInput.Of(new Value("x", new TensorType(element, new Shape("N", channels, 8, 8)))).TakesColor);

    private static NetworkInput Of(Shape shape) => NetworkInput.Of(new Value("x", new TensorType(ElementType.Float32, shape)));
}
