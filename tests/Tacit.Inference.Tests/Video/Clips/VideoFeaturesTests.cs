using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Tests.Video.Clips;

public sealed class VideoFeaturesTests
{
    private static readonly StoredVideo Video = new("a", 1, 1, 1, 25);

    [Fact]
    public void Rows_belong_to_videos()
    {
        var features = new VideoFeatures([Video, Video with { Name = "b" }], [1, 2, 3, 4]);

        Assert.Equal(2, features.Dimension);
        Assert.Equal([3f, 4f], features[1].ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => features[2].Length);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(0)]
    public void Refuses_numbers_that_are_no_rows(int count) =>
        Assert.StartsWith(
            $"{count} numbers cannot be the features of 2 videos",
            Assert.Throws<ArgumentException>(() => new VideoFeatures([Video, Video with { Name = "b" }], new float[count])).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Refuses_what_is_not_finite(float value) =>
        Assert.StartsWith(
            "the features of b are not finite",
            Assert.Throws<ArgumentException>(() => new VideoFeatures([Video, Video with { Name = "b" }], [1, 2, 3, value])).Message,
            StringComparison.Ordinal
        );
}
