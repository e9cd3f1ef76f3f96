using System.Globalization;

namespace Tacit.Inference.Video.Decoding;

/// <summary>What ffprobe reports on a video stream.</summary>
/// <param name="index">The index of the stream in the file.</param>
internal sealed class ProbedStream(int index)
{
    // A file that ends this close to what its header states is complete. Delayed frames may be counted.
    private const double Complete = 0.98;

    private string[] _fields = [];

    /// <summary>The index of the stream in the file.</summary>
    public int Index => index;

    /// <summary>The packets in file order.</summary>
    public List<Packet> Packets { get; } = [];

    /// <summary>Whether the pictures are encrypted.</summary>
    public bool IsEncrypted { get; private set; }

    /// <summary>The stored width in pixels; 0 if unknown.</summary>
    public int Width => Fields.Number(this["width"]);

    /// <summary>The stored height in pixels; 0 if unknown.</summary>
    public int Height => Fields.Number(this["height"]);

    /// <summary>Whether ffmpeg knows how to decode the stream.</summary>
    public bool IsDecodable => Width > 0 && Height > 0 && this["codec_name"] is not (null or "unknown");

    /// <summary>The clockwise rotation in degrees for display, 0 to 359, as ffmpeg applies it.</summary>
    public int Rotation => this["displaymatrix"] is { } matrix ? RotationOf(matrix) : 0;

    /// <summary>Width divided by height of a pixel; 1 if unknown.</summary>
    public double PixelAspectRatio => Rational.Parse(this["sample_aspect_ratio"]?.Replace(':', '/'))?.Value ?? 1;

    /// <summary>Whether each frame consists of two fields, which were taken at different times.</summary>
    public bool IsInterlaced => this["field_order"] is "tt" or "bb" or "tb" or "bt";

    /// <summary>Whether the brightness has a high dynamic range (PQ or HLG).</summary>
    public bool IsHighDynamicRange => this["color_transfer"] is "smpte2084" or "arib-std-b67";

    /// <summary>Whether the pixels have a transparency.</summary>
    public bool HasAlpha =>
        this["tag:alpha_mode"] == "1"
        || (
            this["pix_fmt"] is { } format
            && (
                format.StartsWith("yuva", StringComparison.Ordinal)
                || format.StartsWith("gbrap", StringComparison.Ordinal)
                || format.StartsWith("rgba", StringComparison.Ordinal)
                || format.StartsWith("ya", StringComparison.Ordinal)
                || format is "argb" or "abgr" or "bgra" or "ayuv64le" or "ayuv64be"
            )
        );

    /// <summary>
    /// The rank of the stream by which ffmpeg chooses the one to decode: streams with packets first, then the default, then the
    /// largest.
    /// </summary>
    public long Rank =>
        ((long)Width * Height) + (Packets.Count > 0 ? 100_000_000 : 0) + (this["disposition:default"] == "1" ? 5_000_000 : 0);

    /// <summary>
    /// An estimate of the number of frames that the header of the file states but that the file does not have; 0 if the header
    /// states nothing.
    /// </summary>
    public int MissingFrames
    {
        get
        {
            var stated = Fields.Number(this["nb_frames"]);
            if (stated <= Packets.Count || Packets is not [{ Decoded: { } first }, .., { Decoded: { } last, Duration: > 0 and var step }])
            {
                return 0;
            }

            // AVI counts the fields of H.264, two for each packet. The time that the packets cover decides, therefore.
            var covered = (double)(last + step - first) / (stated * step);
            return covered is > 0 and < Complete ? (int)Math.Round((Packets.Count / covered) - Packets.Count) : 0;
        }
    }

    /// <summary>A property such as "codec_name"; null if ffprobe did not report it.</summary>
    public string? this[string name] => Fields.Value(_fields, name);

    /// <summary>Adds a packet.</summary>
    /// <param name="fields">The fields of its line.</param>
    public void Add(string[] fields)
    {
        var flags = Fields.Value(fields, "flags") ?? "";
        IsEncrypted |= fields.Contains("side_data_type=Encryption info");
        Packets.Add(
            new Packet(
                Fields.Time(fields, "pts"),
                Fields.Time(fields, "dts"),
                Fields.Time(fields, "duration"),
                flags.Contains('K'),
                flags.Contains('D')
            )
        );
    }

    /// <summary>Sets the properties of the stream.</summary>
    /// <param name="fields">The fields of its line.</param>
    public void Describe(string[] fields)
    {
        _fields = fields;
        IsEncrypted |= fields.Contains("side_data_type=Encryption initialization data");
    }

    // The matrix is printed in rows such as "00000000:        32768      -56755           0". The angle is rounded as in ffmpeg,
    // which turns the frame itself at a right angle only.
    private static int RotationOf(string matrix)
    {
        var numbers = matrix
            .Split(["\\n", " "], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => !word.EndsWith(':'))
            .Select(word => double.TryParse(word, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .ToList();
        if (numbers.Count < 5)
        {
            return 0;
        }

        var (first, second) = (double.Hypot(numbers[0], numbers[3]), double.Hypot(numbers[1], numbers[4]));
        return first == 0 || second == 0
            ? 0
            : ((int)Math.Round(Math.Atan2(numbers[1] / second, numbers[0] / first) * 180 / Math.PI) + 360) % 360;
    }
}
