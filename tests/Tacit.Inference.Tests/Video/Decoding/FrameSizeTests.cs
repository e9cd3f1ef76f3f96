using CsCheck;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Tests.Video.Decoding;

public sealed class FrameSizeTests
{
    [Theory]
    [InlineData(480, 360, 100, 134, 100)]
    [InlineData(360, 480, 100, 100, 134)]
    [InlineData(100, 100, 33, 33, 34)]
    [InlineData(1920, 1080, 224, 398, 224)]
    [InlineData(3840, 2160, 1, 2, 1)]
    [InlineData(64, 48, 128, 170, 128)]
    public void The_short_side_is_met_and_the_other_one_is_even(int width, int height, int side, int expectedWidth, int expectedHeight) =>
        Assert.Equal((expectedWidth, expectedHeight), FrameSize.ShortSide(side).Of(Video(width, height)));

    [Fact]
    public void The_aspect_is_kept_to_a_pixel() =>
        Gen.Select(Gen.Int[1, 4000], Gen.Int[1, 4000], Gen.Int[1, 500])
            .Sample(
                (width, height, side) =>
                {
                    var (scaledWidth, scaledHeight) = FrameSize.ShortSide(side).Of(Video(width, height));
                    var (shorter, longer) = (Math.Min(width, height), Math.Max(width, height));

                    Assert.Equal(side, width <= height ? scaledWidth : scaledHeight);
                    Assert.InRange((width <= height ? scaledHeight : scaledWidth) - ((double)longer * side / shorter), -1, 1);
                }
            );

    [Fact]
    public void A_crop_is_exact_and_what_is_cropped_covers_it() =>
        Gen.Select(Gen.Int[1, 4000], Gen.Int[1, 4000], Gen.Int[1, 500], Gen.Int[1, 500])
            .Sample(
                (width, height, cropWidth, cropHeight) =>
                {
                    var size = FrameSize.CentreCrop(cropWidth, cropHeight);
                    var scaled = size.Filters(Video(width, height)).Split('=', ':')[1..3].Select(int.Parse).ToArray();

                    Assert.Equal((cropWidth, cropHeight), size.Of(Video(width, height)));
                    Assert.True(scaled[0] >= cropWidth && scaled[1] >= cropHeight);
                    Assert.True(scaled[0] == cropWidth || scaled[1] == cropHeight);
                    var (offWidth, offHeight) = (
                        scaled[0] - ((double)width * scaled[1] / height),
                        scaled[1] - ((double)height * scaled[0] / width)
                    );
                    Assert.True(Math.Min(Math.Abs(offWidth), Math.Abs(offHeight)) <= 1, "the aspect is lost");
                }
            );

    [Fact]
    public void The_original_stays() => Assert.Equal((67, 53), FrameSize.Original.Of(Video(67, 53)));

    [Fact]
    public void Sizes_that_do_the_same_are_equal()
    {
        Assert.Equal(FrameSize.ShortSide(5), FrameSize.ShortSide(5));
        Assert.NotEqual(FrameSize.CentreCrop(5, 6), FrameSize.CentreCrop(6, 5));
    }

    [Fact]
    public void A_side_is_at_least_1()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameSize.ShortSide(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameSize.CentreCrop(1, -1));
    }

    private static VideoInfo Video(int width, int height) =>
        new()
        {
            Path = "v.mp4",
            Width = width,
            Height = height,
            Frames = 1,
            FrameRate = 25,
            Duration = TimeSpan.FromSeconds(1),
            Codec = "h264",
        };
}
