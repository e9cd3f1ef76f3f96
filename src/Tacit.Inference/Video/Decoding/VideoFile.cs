namespace Tacit.Inference.Video.Decoding;

/// <summary>Finds the file behind the path of a video.</summary>
internal static class VideoFile
{
    /// <summary>
    /// The file behind all links, whose size and time are those of the video. The size and time of a link are its own and stay
    /// when the video changes.
    /// </summary>
    /// <param name="path">The path; it need not exist.</param>
    public static FileInfo Of(string path) => new(RealPath.Of(path));
}
