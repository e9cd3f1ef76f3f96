using System.Globalization;

namespace Tacit.Inference.Video.Decoding;

/// <summary>A packet of a video stream, in file order.</summary>
/// <param name="Shown">The presentation timestamp (pts); null if unknown.</param>
/// <param name="Decoded">The decoding timestamp (dts); null if unknown.</param>
/// <param name="Duration">The duration in units of the time base; null if unknown.</param>
/// <param name="IsKey">Whether the packet starts with a key frame.</param>
/// <param name="IsDiscarded">
/// Whether the packet is decoded only because others depend on it and is not shown, for example after an edit list.
/// </param>
internal readonly record struct Packet(long? Shown, long? Decoded, long? Duration, bool IsKey, bool IsDiscarded);

/// <summary>A decoded frame of a video stream.</summary>
/// <param name="Time">The best-effort timestamp; null if unknown.</param>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
internal readonly record struct ProbedFrame(long? Time, int Width, int Height);

/// <summary>
/// Parses the output of ffprobe in the format <c>-of compact</c>: one line for each packet, frame, stream and for the file,
/// such as <c>packet|stream_index=0|pts=0|flags=K_</c>.
/// </summary>
internal sealed class ProbeReport
{
    /// <summary>Arguments that request the file, its video streams and their packets. ffprobe decodes next to nothing.</summary>
    public static readonly string[] Packets =
    [
        "-select_streams",
        "V", // no cover pictures
        "-of",
        "compact",
        "-show_entries",
        "format=format_name,nb_streams"
            + ":stream=index,codec_name,width,height,time_base,avg_frame_rate,r_frame_rate,duration_ts,nb_frames"
            + ",pix_fmt,field_order,color_transfer,sample_aspect_ratio"
            + ":stream_disposition=default:stream_tags=alpha_mode:stream_side_data=side_data_type,displaymatrix"
            + ":packet=stream_index,pts,dts,duration,flags:packet_side_data=side_data_type",
    ];

    private readonly Dictionary<int, ProbedStream> _streams = [];

    /// <summary>The name of the format in ffmpeg.</summary>
    public string Format { get; private set; } = "";

    /// <summary>Whether the file has no streams of any kind.</summary>
    public bool HasNoStreams { get; private set; }

    /// <summary>The decoded frames in display order.</summary>
    public List<ProbedFrame> Frames { get; } = [];

    /// <summary>The video streams in the order of the file.</summary>
    public IEnumerable<ProbedStream> Streams =>
        _streams.Values.Where(stream => stream["index"] is not null).OrderBy(stream => stream.Index);

    /// <summary>Arguments that request the decoded frames of a stream. ffprobe decodes the whole stream.</summary>
    /// <param name="stream">The index of the stream in the file.</param>
    public static string[] DecodedFrames(int stream) =>
        [
            "-select_streams",
            stream.ToString(CultureInfo.InvariantCulture),
            "-of",
            "compact",
            "-show_entries",
            "frame=best_effort_timestamp,width,height:frame_side_data=:frame_tags=",
        ];

    /// <summary>Parses one line of output. Lines of other sections are ignored.</summary>
    public void Add(string line)
    {
        var fields = line.Split('|');
        switch (fields[0])
        {
            case "packet":
                StreamOf(fields, "stream_index").Add(fields);
                break;
            case "frame":
                Frames.Add(
                    new ProbedFrame(
                        Fields.Time(fields, "best_effort_timestamp"),
                        Fields.Number(Fields.Value(fields, "width")),
                        Fields.Number(Fields.Value(fields, "height"))
                    )
                );
                break;
            case "stream":
                StreamOf(fields, "index").Describe(fields);
                break;
            case "format":
                Format = Fields.Value(fields, "format_name") ?? "";
                HasNoStreams = Fields.Value(fields, "nb_streams") == "0";
                break;
        }
    }

    private ProbedStream StreamOf(string[] fields, string name)
    {
        var index = Fields.Number(Fields.Value(fields, name));
        return _streams.TryGetValue(index, out var stream) ? stream : _streams[index] = new ProbedStream(index);
    }
}

/// <summary>The fields of a line of ffprobe's output.</summary>
internal static class Fields
{
    /// <summary>The value of the first field with a name; null if there is none.</summary>
    public static string? Value(string[] fields, string name)
    {
        foreach (var field in fields)
        {
            if (field.Length > name.Length && field[name.Length] == '=' && field.StartsWith(name, StringComparison.Ordinal))
            {
                return field[(name.Length + 1)..];
            }
        }

        return null;
    }

    /// <summary>The value of a field as a timestamp; null if it is unknown.</summary>
    public static long? Time(string[] fields, string name) =>
        long.TryParse(Value(fields, name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var time) ? time : null;

    /// <summary>A text as a number; 0 if it is none.</summary>
    public static int Number(string? text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
