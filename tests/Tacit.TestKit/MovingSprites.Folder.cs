namespace Tacit.TestKit;

public sealed partial class MovingSprites
{
    /// <summary>Writes the videos as files, label/name.mp4 (H.264). The test is skipped if ffmpeg is not installed.</summary>
    /// <param name="folder">The folder. It is created if it does not exist.</param>
    /// <param name="cancellation">Stops writing.</param>
    public async Task WriteAsync(string folder, CancellationToken cancellation)
    {
        string[] arguments =
        [
            "-v",
            "error",
            "-y",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-s",
            $"{_options.Size}x{_options.Size}",
            "-r",
            $"{FrameRate}",
            "-i",
            "-",
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "15",
            "-pix_fmt",
            "yuv420p",
            "-threads",
            "1",
        ];
        for (var video = 0; video < Videos.Length; video++)
        {
            var stored = Videos[video];
            var frames = await ReadAsync(video, Enumerable.Range(0, stored.Frames).ToArray(), cancellation);
            var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, stored.Label!)).FullName, stored.Name + ".mp4");
            EncodedVideos.Write(path, arguments, frames.Pixels.ToArray());
        }
    }
}
