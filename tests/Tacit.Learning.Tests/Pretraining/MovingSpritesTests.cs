using System.ComponentModel;
using System.Diagnostics;
using Tacit.Inference.Video;

namespace Tacit.Learning.Tests.Pretraining;

public sealed class MovingSpritesTests
{
    [Fact]
    public async Task Equal_options_give_equal_videos_and_another_seed_gives_others()
    {
        using var videos = new MovingSprites(new() { Videos = 4 });
        using var same = new MovingSprites(new() { Videos = 4 });
        using var other = new MovingSprites(new() { Videos = 4, Seed = 1 });

        Assert.Equal(videos.Videos, same.Videos);
        Assert.Equal(videos.Factors, same.Factors);
        var pixels = (await Read(videos, 2, 5, 9)).Pixels.ToArray();
        Assert.Equal(pixels, (await Read(same, 2, 5, 9)).Pixels.ToArray());
        Assert.NotEqual(pixels, (await Read(other, 2, 5, 9)).Pixels.ToArray());
    }

    [Fact]
    public async Task Frames_come_in_the_order_asked_for()
    {
        using var videos = new MovingSprites(new() { Videos = 2, Size = 32 });
        var frames = await Read(videos, 1, 7, 0, 7);

        Assert.Equal((3, 32, 32), (frames.Count, frames.Height, frames.Width));
        Assert.Equal(frames[0], frames[2]);
        Assert.Equal((await Read(videos, 1, 0)).Pixels.ToArray(), frames[1].ToArray());
        Assert.NotEqual(frames[0].ToArray(), frames[1].ToArray());
    }

    [Fact]
    public void Videos_are_as_long_as_asked_for_and_sorted_by_name()
    {
        using var videos = new MovingSprites(new() { Videos = 500, MinFrames = 10, MaxFrames = 13 });

        Assert.Equal([10, 11, 12, 13], videos.Videos.Select(video => video.Frames).Distinct().Order());
        Assert.Equal(videos.Videos.Select(video => video.Name).Distinct().Order(StringComparer.Ordinal), videos.Videos.Select(video => video.Name));
    }

    [Fact]
    public void Every_kind_of_object_has_a_name_of_its_own() =>
        Assert.Equal(Sprite.Kinds, Enumerable.Range(0, Sprite.Kinds).Select(kind => new Sprite(kind).Name).Distinct().Count());

    [Fact]
    public void Factors_are_balanced_and_independent()
    {
        using var videos = new MovingSprites(new() { Videos = 2400, Objects = 4, Backgrounds = 3, NativeSpeeds = [1, 2] });
        var factors = videos.Factors;

        Assert.All(factors.CountBy(video => video.Object), count => Assert.Equal(600, count.Value));
        Assert.All(factors.CountBy(video => video.NativeSpeed), count => Assert.Equal(1200, count.Value));
        Assert.All(videos.Videos.CountBy(video => video.Label!), count => Assert.Equal(600, count.Value));

        // The chance of a chi square above is below 1e-5 for as many degrees of freedom.
        Assert.True(Dependence(video => video.Object, video => video.Background) < 34);
        Assert.True(Dependence(video => video.Object, video => video.NativeSpeed) < 27);
        Assert.True(Dependence(video => video.Object, video => video.IsClockwise) < 27);
        Assert.True(Dependence(video => video.Object, video => (int)(4 * video.Phase)) < 42);
        Assert.True(Dependence(video => video.Object, video => video.Scale > 1) < 27);
        Assert.True(Dependence(video => video.Background, video => video.NativeSpeed) < 24);
        Assert.True(Dependence(video => video.NativeSpeed, video => (int)(4 * video.Phase)) < 27);
        Assert.True(Dependence(video => video.Scale > 1, video => (video.CentreX > 0.5, video.CentreY > 0.5)) < 27);

        double Dependence<TFirst, TSecond>(Func<SpriteFactors, TFirst> first, Func<SpriteFactors, TSecond> second)
            where TFirst : notnull
            where TSecond : notnull
        {
            var (rows, columns) = (factors.CountBy(first).ToDictionary(), factors.CountBy(second).ToDictionary());
            var cells = factors.CountBy(video => (first(video), second(video))).ToDictionary();
            return rows.Sum(row => columns.Sum(column =>
            {
                var expected = (double)row.Value * column.Value / factors.Length;
                return Math.Pow(cells.GetValueOrDefault((row.Key, column.Key)) - expected, 2) / expected;
            }));
        }
    }

    // Seen in the pixels alone: what differs from the picture's median over time is the object.
    [Fact]
    public async Task Every_object_moves_as_fast_and_at_twice_the_rate_twice_as_fast()
    {
        using var videos = new MovingSprites(new() { Videos = 16 });
        Assert.Equal(8, videos.Factors.Select(factors => factors.Object).Distinct().Count());
        for (var video = 0; video < videos.Videos.Length; video++)
        {
            var path = Path(await Read(videos, video, [.. Enumerable.Range(0, 32)]));
            Assert.Equal(2 * 12.8 * Math.Sin(Math.PI / 32), path.Zip(path.Skip(1), Distance).Average(), 0.2);
            Assert.Equal(2 * 12.8 * Math.Sin(Math.PI / 16), path.Zip(path.Skip(2), Distance).Average(), 0.2);
        }
    }

    [Fact]
    public async Task Native_speed_multiplies_the_speed()
    {
        using var videos = new MovingSprites(new() { Videos = 6, NativeSpeeds = [0.5, 1, 2] });
        for (var video = 0; video < videos.Videos.Length; video++)
        {
            var path = Path(await Read(videos, video, [.. Enumerable.Range(0, 48)]));
            Assert.Equal(2 * 12.8 * Math.Sin(videos.Factors[video].NativeSpeed * Math.PI / 32), path.Zip(path.Skip(1), Distance).Average(), 0.3);
        }
    }

    // No object touches the border, whatever its size and place.
    [Fact]
    public void Objects_stay_in_the_picture()
    {
        using var videos = new MovingSprites(new() { Videos = 300 });
        Assert.All(videos.Factors.Index(), video =>
        {
            var radius = 0.15 * 64 * video.Item.Scale;
            Assert.All(Enumerable.Range(0, 32), frame =>
            {
                var (x, y) = videos.Position(video.Index, frame);
                Assert.InRange(x, radius, 64 - radius);
                Assert.InRange(y, radius, 64 - radius);
            });
        });
    }

    [Fact]
    public async Task A_folder_of_files_holds_the_same_pictures()
    {
        using var videos = new MovingSprites(new() { Videos = 3, MinFrames = 5, MaxFrames = 9, Size = 32 });
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            await WriteOrSkip(videos, folder.FullName);
            Assert.Equal(3, folder.GetFiles("*", SearchOption.AllDirectories).Length);
            for (var video = 0; video < 3; video++)
            {
                var stored = videos.Videos[video];
                var pixels = Decoded(System.IO.Path.Combine(folder.FullName, stored.Label!, stored.Name + ".mp4"));
                var expected = (await Read(videos, video, [.. Enumerable.Range(0, stored.Frames)])).Pixels.ToArray();
                Assert.Equal(expected.Length, pixels.Length);
                Assert.InRange(pixels.Zip(expected, (a, b) => Math.Abs(a - b)).Average(), 0, 12); // half of the colours' resolution is lost
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Refuses_what_is_not_there()
    {
        using var videos = new MovingSprites(new() { Videos = 1, MinFrames = 5, MaxFrames = 5 });
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Read(videos, 1, 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Read(videos, 0, 5));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Read(videos, 0, -1));
        Assert.Throws<ArgumentException>(() => new MovingSprites(new() { MinFrames = 6, MaxFrames = 5 }));
        Assert.Throws<ArgumentException>(() => new MovingSprites(new() { NativeSpeeds = [] }));
    }

    private static async Task WriteOrSkip(MovingSprites videos, string folder)
    {
        try
        {
            await videos.WriteAsync(folder, CancellationToken.None);
        }
        catch (Win32Exception)
        {
            Assert.Skip("ffmpeg is not on the path");
        }
    }

    private static byte[] Decoded(string path)
    {
        string[] arguments = ["-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"];
        using var ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg", arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        using var pixels = new MemoryStream();
        ffmpeg.StandardOutput.BaseStream.CopyTo(pixels);
        ffmpeg.WaitForExit();
        return pixels.ToArray();
    }

    private static ValueTask<VideoFrames> Read(MovingSprites videos, int video, params int[] frames) =>
        videos.ReadAsync(video, frames, CancellationToken.None);

    private static double Distance((double X, double Y) a, (double X, double Y) b) =>
        Math.Sqrt((a.X - b.X) * (a.X - b.X) + (a.Y - b.Y) * (a.Y - b.Y));

    // The middle of the pixels that differ from their median, weighted by nothing.
    private static (double X, double Y)[] Path(VideoFrames frames)
    {
        var length = frames[0].Length;
        byte[] median = [.. Enumerable.Range(0, length).Select(Median)];
        return [.. Enumerable.Range(0, frames.Count).Select(frame =>
        {
            int[] moved = [.. Enumerable.Range(0, length / 3).Where(i => Enumerable.Range(3 * i, 3).Any(c => frames[frame][c] != median[c]))];
            return (moved.Average(i => (double)(i % frames.Width)), moved.Average(i => (double)(i / frames.Width)));
        })];

        byte Median(int i) => Enumerable.Range(0, frames.Count).Select(frame => frames[frame][i]).Order().ElementAt(frames.Count / 2);
    }
}
