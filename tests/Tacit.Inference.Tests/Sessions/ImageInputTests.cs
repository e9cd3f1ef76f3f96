using Tacit.Graphs;
using Tacit.Inference.Images;
using Tacit.Inference.Sessions;

namespace Tacit.Inference.Tests.Sessions;

public sealed class ImageInputTests
{
    public static TheoryData<Shape, ImageLayout, (int, int)?> Shapes =>
        new()
        {
            { new Shape("N", 3, 4, 6), ImageLayout.ChannelsFirst, (6, 4) },
            { new Shape("N", 4, 6, 3), ImageLayout.ChannelsLast, (6, 4) },
            { new Shape(1, "H", "W", 3), ImageLayout.ChannelsLast, null },
            { new Shape("N", 3, "H", 6), ImageLayout.ChannelsFirst, null },
            { new Shape("N", 3, 3, 3), ImageLayout.ChannelsFirst, (3, 3) },
            { new Shape("N", "C", 4, 6), ImageLayout.ChannelsFirst, (6, 4) },
            { new Shape("N", 3), ImageLayout.ChannelsFirst, null },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_shape_says_where_the_channels_are(Shape shape, ImageLayout layout, (int, int)? size)
    {
        Assert.Equal(layout, ImageInput.LayoutOf(shape));
        Assert.Equal(size, ImageInput.SizeOf(shape));
    }

    [Fact]
    public void Refuses_preprocessing_of_another_size_also_with_the_channels_last()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeansLast(4, 2));

        Assert.Equal(
            "the model takes images of 2 x 4, the preprocessing makes 4 x 2",
            Assert.Throws<UnsuitableModelException>(() => ImageInput.Resolve(session, new Preprocessing(4, 2))).Message
        );
    }
}
