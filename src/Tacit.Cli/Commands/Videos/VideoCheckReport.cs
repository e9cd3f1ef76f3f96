using System.Text;
using Tacit.Cli.Output;
using Tacit.Inference.Video.Sets;

namespace Tacit.Cli.Commands.Videos;

/// <summary>Creates the report on a check of videos, and its CSV file.</summary>
/// <remarks>
/// JSON fields: <c>videos</c> is the number of checked videos; <c>broken</c>, <c>damaged</c>, <c>empty</c>, <c>too_short</c>, <c>odd</c> and <c>ok</c> are
/// the numbers of videos in each state and add up to it; <c>missing</c> is the number of listed videos that do not exist; <c>frames</c> and
/// <c>seconds</c> are totals over all readable videos; <c>found</c> lists the name, state and remarks of each video that is not ok.
/// </remarks>
/// <param name="Set">The set that was checked.</param>
/// <param name="Result">The findings, in the order of the set.</param>
internal sealed record VideoCheckReport(VideoSet Set, VideoScanResult Result)
{
    /// <summary>The states and their names, the worst first.</summary>
    private static readonly (VideoState State, string Name)[] States =
    [
        (VideoState.Broken, "broken"),
        (VideoState.Damaged, "damaged"),
        (VideoState.Empty, "empty"),
        (VideoState.TooShort, "too short"),
        (VideoState.Odd, "odd"),
        (VideoState.Ok, "ok"),
    ];

    /// <summary>Creates the report: a row for each video with a finding, the worst first, and a summary.</summary>
    public Report Create() => Found.Any() ? new(Data(), Table(), Facts()) : new(Data(), Facts());

    /// <summary>Returns the JSON object. States have underscores in place of spaces, for example "too_short".</summary>
    private object Data() =>
        new
        {
            videos = Result.Videos.Length,
            broken = Result.Count(VideoState.Broken),
            damaged = Result.Count(VideoState.Damaged),
            empty = Result.Count(VideoState.Empty),
            too_short = Result.Count(VideoState.TooShort),
            odd = Result.Count(VideoState.Odd),
            ok = Result.Count(VideoState.Ok),
            missing = Set.Missing,
            frames = Frames,
            seconds = Length.TotalSeconds,
            found = Found.Select(video => new
            {
                name = video.Item.Name,
                state = NameOf(video.State).Replace(' ', '_'),
                remarks = video.Remarks,
            }),
        };

    private FactList Facts()
    {
        var counts = States
            .Reverse()
            .Where(state => Result.Count(state.State) > 0)
            .Select(state => $"{Format.Count(Result.Count(state.State))} {state.Name}");
        var missing = Set.Missing > 0 ? $"; {Format.Count(Set.Missing)} more are listed but missing" : "";
        return new FactList()
            .Add("videos", $"{Format.Count(Result.Videos.Length)}: {string.Join(", ", counts)}{missing}")
            .Add("length", $"{Format.Time(Length)}, {Format.Count(Frames)} frames");
    }

    private ReportTable Table() =>
        new(
            ["state", "video", "why"],
            Found.Select(video =>
                new[] { NameOf(video.State), Format.Name(video.Item.Name), Format.Name(string.Join("; ", video.Remarks)) }
            )
        );

    /// <summary>
    /// Writes a CSV file with a row for every video, in the order of the set. The file can itself be read as a set of videos.
    /// </summary>
    /// <remarks>
    /// The columns are file (full path), label, source, split, state, remarks, frames, width and height (pixels), frame_rate (frames per
    /// second), seconds, rotation (degrees) and codec. Fields that are unknown are empty. The text is UTF-8 without a byte order mark.
    /// </remarks>
    /// <param name="stream">The stream to write to. It stays open.</param>
    public void WriteCsv(Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true)
        {
            NewLine = "\n",
        };
        writer.WriteLine("file,label,source,split,state,remarks,frames,width,height,frame_rate,seconds,rotation,codec");
        foreach (var video in Result.Videos)
        {
            var (item, info) = (video.Item, video.Info);
            object?[] fields =
            [
                Path.GetFullPath(item.Path),
                item.Label,
                item.Source,
                item.Split,
                NameOf(video.State),
                string.Join("; ", video.Remarks),
                info?.Frames,
                info?.Width,
                info?.Height,
                info?.FrameRate,
                info?.Duration.TotalSeconds,
                info?.Rotation,
                info?.Codec,
            ];
            writer.WriteLine(string.Join(',', fields.Select(Format.CsvField)));
        }
    }

    /// <summary>The videos with a finding, the worst first.</summary>
    private IEnumerable<VideoCheck> Found =>
        Result
            .Videos.Where(video => video.State != VideoState.Ok)
            .OrderBy(video => Array.FindIndex(States, state => state.State == video.State));

    private long Frames => Result.Videos.Sum(video => video.Info?.Frames ?? 0L);

    private TimeSpan Length => TimeSpan.FromSeconds(Result.Videos.Sum(video => video.Info?.Duration.TotalSeconds ?? 0));

    private static string NameOf(VideoState state) => Array.Find(States, known => known.State == state).Name;
}
