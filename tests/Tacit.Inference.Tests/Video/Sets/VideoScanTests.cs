using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Tests.Video.Sets;

public sealed class VideoScanTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tells_each_video_s_state_and_why()
    {
        new GeneratedVideo().Write(_folder.File("fine.mp4"));
        new GeneratedVideo { Frames = 7 }.Write(_folder.File("short.mp4"));
        new GeneratedVideo { Rotation = 90 }.Write(_folder.File("turned.mp4"));
        new GeneratedVideo { IsVariable = true }.Write(_folder.File("variable.mkv"));
        new GeneratedVideo
        {
            Width = 65,
            Height = 49,
            PixelFormat = "yuv444p",
        }.Write(_folder.File("odd.mp4"));
        File.Copy(_folder.File("fine.mp4"), _folder.File("fine copy.mp4"));
        _folder.Write("nothing.mp4", []);
        _folder.Write("text.mp4", "no video"u8.ToArray());
        _folder.Write("cut.mp4", File.ReadAllBytes(_folder.File("fine.mp4"))[..400]);
        File.CreateSymbolicLink(_folder.File("gone.mp4"), _folder.File("nowhere"));

        var result = await new VideoScan(new VideoScanOptions { MinFrames = 8 }).RunAsync(VideoSet.Read(_folder.Path));

        Assert.Equal(
            [
                ("cut.mp4", VideoState.Broken, "…"),
                ("fine copy.mp4", VideoState.Ok, ""),
                ("fine.mp4", VideoState.Odd, "the same bytes as fine copy.mp4"),
                ("gone.mp4", VideoState.Broken, "there is no such file"),
                ("nothing.mp4", VideoState.Empty, "the file is empty"),
                ("odd.mp4", VideoState.Odd, "odd size, 65 x 49"),
                ("short.mp4", VideoState.TooShort, "7 frames"),
                ("text.mp4", VideoState.Broken, "…"),
                ("turned.mp4", VideoState.Odd, "turned by 90 degrees"),
                ("variable.mkv", VideoState.Odd, "variable frame rate"),
            ],
            result.Videos.Select(video =>
                (
                    video.Item.Name,
                    video.State,
                    video.State == VideoState.Broken && video.Item.Name != "gone.mp4" ? "…" : string.Join("; ", video.Remarks)
                )
            )
        );
        Assert.All(
            result.Videos.Where(video => video.State == VideoState.Broken),
            video => Assert.DoesNotContain('\n', Assert.Single(video.Remarks))
        );
        Assert.Equal((3, false), (result.Count(VideoState.Broken), result.AllReadable));
    }

    [Fact]
    public async Task Remarks_on_long_videos()
    {
        new GeneratedVideo().Write(_folder.File("a.mp4"));

        var result = await new VideoScan(new VideoScanOptions { LongFrom = TimeSpan.FromSeconds(1) }).RunAsync(VideoSet.Read(_folder.Path));

        Assert.Equal((VideoState.Odd, "0 minutes long"), (result.Videos[0].State, result.Videos[0].Remarks.Single()));
        Assert.True(result.AllReadable);
    }

    [Fact]
    public async Task Decoding_finds_damage_within_a_file_that_probing_does_not()
    {
        VideoFolderFixture.WriteDamaged(_folder.File("a.mkv"));
        var set = VideoSet.Read(_folder.Path);

        var (probed, decoded) = (
            await new VideoScan().RunAsync(set),
            await new VideoScan(new VideoScanOptions { Decode = true }).RunAsync(set)
        );

        Assert.Equal((VideoState.Ok, VideoState.Broken), (probed.Videos[0].State, decoded.Videos[0].State));
        Assert.StartsWith("frame ", decoded.Videos[0].Remarks.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decoding_reports_errors_in_spite_of_which_there_are_pictures()
    {
        var file = File.ReadAllBytes(new GeneratedVideo { Frames = 60, BFrames = 2 }.Write(_folder.File("a.ts")));
        file.AsSpan(file.Length / 2, 600).Clear();
        _folder.Write("a.ts", file);

        var result = await new VideoScan(new VideoScanOptions { Decode = true }).RunAsync(VideoSet.Read(_folder.Path));

        Assert.Equal((VideoState.Damaged, true, false), (result.Videos[0].State, result.AllReadable, result.AllIntact));
        Assert.Contains(" in decoding, such as: ", result.Videos[0].Remarks[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frames_that_the_header_states_and_the_file_lacks_are_reported()
    {
        var file = File.ReadAllBytes(new GeneratedVideo { Frames = 50, Codec = "mpeg4" }.Write(_folder.File("a.avi")));
        var cut = 0;
        for (var packet = 0; packet < 30; packet++)
        {
            cut += 4 + file.AsSpan(cut + 4).IndexOf("00dc"u8);
        }

        _folder.Write("a.avi", file[..cut]);

        var result = await new VideoScan().RunAsync(VideoSet.Read(_folder.Path));

        Assert.Equal("cut off: about 22 of 50 frames are missing", Assert.Single(result.Videos[0].Remarks));
        Assert.Equal(VideoState.Damaged, result.Videos[0].State);
    }

    [Fact]
    public async Task Remarks_on_what_the_frames_do_not_show()
    {
        new GeneratedVideo
        {
            Frames = 4,
            PixelFormat = "yuv444p10le",
            Options = ["-color_trc", "smpte2084", "-field_order", "tt", "-aspect", "16:9"],
        }.Write(_folder.File("a.mkv"));
        new GeneratedVideo
        {
            Frames = 4,
            Codec = "ffv1",
            PixelFormat = "yuva420p",
        }.Write(_folder.File("b.mkv"));

        var result = await new VideoScan().RunAsync(VideoSet.Read(_folder.Path));

        Assert.Equal(["pixels 1.333 times as wide as high", "interlaced", "high dynamic range"], result.Videos[0].Remarks);
        Assert.Equal(["transparency, which is ignored"], result.Videos[1].Remarks);
    }

    [Fact]
    public async Task Stops_when_cancelled()
    {
        _folder.Write("a.mp4", [1]);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new VideoScan().RunAsync(VideoSet.Read(_folder.Path), null, new CancellationToken(canceled: true))
        );
    }
}
