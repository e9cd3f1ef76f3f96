using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Tests.Clips.Augmentation;

public sealed class RandomResizedCropTests
{
    [Fact]
    public void Crops_lie_in_the_picture_and_have_the_area_and_aspect_asked_for()
    {
        for (var i = 0; i < 2000; i++)
        {
            var box = RandomResizedCrop.Draw(120, 160, new(0.4, 0.9), new(0.75, 4.0 / 3), new RandomStream(1, "crops", 0, i));
            Assert.InRange(box.Top, 0, 120 - box.Height);
            Assert.InRange(box.Left, 0, 160 - box.Width);
            Assert.InRange((double)box.Height * box.Width / (120 * 160), 0.39, 0.91);
            Assert.InRange((double)box.Width / box.Height, 0.74, 1.35);
        }
    }

    [Fact]
    public void Areas_are_uniform_and_places_reach_every_border()
    {
        var (area, aspect) = (new ValueRange(0.2, 0.6), new ValueRange(0.75, 4.0 / 3));
        CropBox[] boxes =
        [
            .. Enumerable.Range(0, 4000).Select(i => RandomResizedCrop.Draw(100, 100, area, aspect, new RandomStream(2, "crops", 0, i))),
        ];

        Assert.Equal(0.4, boxes.Average(box => box.Height * box.Width / 10_000.0), 0.01);
        Assert.Equal(0, boxes.Average(box => Math.Log((double)box.Width / box.Height)), 0.015);
        Assert.Contains(boxes, box => box.Top == 0);
        Assert.Contains(boxes, box => box.Left == 0);
        Assert.Contains(boxes, box => box.Top + box.Height == 100);
        Assert.Contains(boxes, box => box.Left + box.Width == 100);
    }

    // No crop with the requested aspect ratio has this area.
    [Theory]
    [InlineData(20, 200, 0, 86, 20, 27)]
    [InlineData(200, 20, 86, 0, 27, 20)]
    [InlineData(1, 1, 0, 0, 1, 1)]
    public void Where_no_crop_fits_the_largest_allowed_one_in_the_centre_is_taken(
        int height,
        int width,
        int top,
        int left,
        int boxHeight,
        int boxWidth
    )
    {
        var box = RandomResizedCrop.Draw(height, width, new(1, 1), new(0.75, 4.0 / 3), new RandomStream(1, "crops"));
        Assert.Equal(new(top, left, boxHeight, boxWidth), box);
    }
}
