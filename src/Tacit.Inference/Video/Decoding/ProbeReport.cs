using System.Globalization;

namespace Tacit.Inference.Video.Decoding;

/// <summary>A packet of the video stream, in file order.</summary>
/// <param name="Shown">The presentation timestamp (pts); null if unknown.</param>
/// <param name="Decoded">The decoding timestamp (dts); null if unknown.</param>
/// <param name="Duration">The duration in units of the time base; null if unknown.</param>
/// <param name="IsKey">Whether the packet starts with a key frame.</param>
/// <param name="IsDiscarded">
/// Whether the packet is decoded only because others depend on it and is not shown, for example after an edit list.
/// </param>
internal readonly record struct Packet(long? Shown, long? Decoded, long? Duration, bool IsKey, bool IsDiscarded);

/// <summary>
/// Parses the output of ffprobe in the format <c>-of compact</c>: one line for each packet, frame, stream and for the file,
/// such as <c>packet|pts=0|flags=K_</c>.
/// </summary>
internal sealed class ProbeReport
{
    /// <summary>Arguments that request the properties of the first video stream and of the file.</summary>
    public static readonly string[] Stream =
    [
        "-select_streams",
        "V:0",
        "-of",
        "compact",
        "-show_entries",
        "format=format_name:stream=index,codec_name,width,height,time_base,avg_frame_rate,r_frame_rate:stream_side_data=rotation",
    ];

    /// <summary>Arguments that also request all packets. ffprobe reads the whole file but decodes nothing.</summary>
    public static readonly string[] Packets = [.. Stream[..^1], Stream[^1] + ":packet=pts,dts,duration,flags"];

    /// <summary>Arguments that also request all decoded frames. ffprobe decodes the whole video.</summary>
    public static readonly string[] DecodedFrames =
    [
        .. Stream[..^1],
        Stream[^1] + ":frame=best_effort_timestamp:frame_side_data=:frame_tags=",
    ];

    private readonly Dictionary<string, string> _facts = new(StringComparer.Ordinal);

    /// <summary>The packets in file order.</summary>
    public List<Packet> PacketList { get; } = [];

    /// <summary>The best-effort timestamp of each decoded frame; null if unknown.</summary>
    public List<long?> FrameTimes { get; } = [];

    /// <summary>A property of the stream or of the file, such as "width" or "format_name"; null if ffprobe did not report it.</summary>
    public string? this[string fact] => _facts.GetValueOrDefault(fact);

    /// <summary>Parses one line of output. Lines of other sections are ignored.</summary>
    public void Add(string line)
    {
        var fields = line.Split('|');
        switch (fields[0])
        {
            case "packet":
                var flags = Value(fields, "flags") ?? "";
                PacketList.Add(
                    new Packet(Time(fields, "pts"), Time(fields, "dts"), Time(fields, "duration"), flags.Contains('K'), flags.Contains('D'))
                );
                break;
            case "frame":
                FrameTimes.Add(Time(fields, "best_effort_timestamp"));
                break;
            case "stream" or "format":
                foreach (var field in fields)
                {
                    if (field.Split('=', 2) is [var name, var value])
                    {
                        _facts.TryAdd(name, value);
                    }
                }

                break;
        }
    }

    private static long? Time(string[] fields, string name) =>
        long.TryParse(Value(fields, name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var time) ? time : null;

    private static string? Value(string[] fields, string name)
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
}
