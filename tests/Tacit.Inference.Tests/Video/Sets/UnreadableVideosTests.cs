using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Tests.Video.Sets;

public sealed class UnreadableVideosTests
{
    [Fact]
    public void More_than_the_limit_are_refused_and_named_in_order()
    {
        var videos = new UnreadableVideos(8, 0.125) { Path = "set", Kind = "clips" };
        videos.Add("b", "broken");

        var message = Assert.Throws<InvalidDatasetException>(() => videos.Add("a", "empty")).Message;

        Assert.Equal("set: 2 of 8 clips cannot be read, more than the 12.5 % allowed: a (empty); b (broken)", message);
    }

    [Fact]
    public void All_are_refused_whatever_the_limit()
    {
        var videos = new UnreadableVideos(1, 1);

        Assert.Equal(
            "1 of 1 videos cannot be read: a (broken)",
            Assert.Throws<InvalidDatasetException>(() => videos.Add("a", "broken")).Message
        );
        new UnreadableVideos(1, 1) { MayBeAll = true }.Add("a", "broken");
    }

    [Fact]
    public void A_video_counts_once_and_keeps_its_first_reason()
    {
        var videos = new UnreadableVideos(4, 0.25);
        videos.Remember("a", "first");
        videos.Add("a", "second");

        Assert.Equal([new UnreadableVideo("a", "first")], videos.InOrder);
    }
}
