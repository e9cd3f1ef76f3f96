using System.Globalization;

namespace Tacit.Inference.Video;

// A packet of the stream as it lies in the file. Discarded: decoded for the sake of others, but not shown (an edit list cut it off).
internal readonly record struct Packet(long? Shown, long? Decoded, long? Duration, bool IsKey, bool IsDiscarded);

// What ffprobe writes as -of compact: one line for each packet, frame, stream and for the file, as "packet|pts=0|flags=K_".
internal sealed class ProbeReport
{
    public static readonly string[] Stream =
    [
        "-select_streams",
        "V:0",
        "-of",
        "compact",
        "-show_entries",
        "format=format_name:stream=index,codec_name,width,height,time_base,avg_frame_rate,r_frame_rate:stream_side_data=rotation",
    ];

    public static readonly string[] Packets = [.. Stream[..^1], Stream[^1] + ":packet=pts,dts,duration,flags"];

    public static readonly string[] DecodedFrames =
    [
        .. Stream[..^1],
        Stream[^1] + ":frame=best_effort_timestamp:frame_side_data=:frame_tags=",
    ];

    private readonly Dictionary<string, string> _facts = new(StringComparer.Ordinal);

    public List<Packet> PacketList { get; } = [];

    // When each decoded frame is shown; null where that is not known.
    public List<long?> FrameTimes { get; } = [];

    // A fact of the stream or of the file: "width", "format_name".
    public string? this[string fact] => _facts.GetValueOrDefault(fact);

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
