using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;

namespace Tacit.Cli.Options;

/// <summary>The options for the preparation of clips: --frames, --stride, --size, --mean, --std.</summary>
/// <remarks>
/// <para>They are only needed for networks whose files have no metadata about their clips. Otherwise, they override the metadata.</para>
/// <list type="bullet">
/// <item>--frames: the number of frames of a clip, 1 to 4,096</item>
/// <item>--stride: the step between frames, 1 to 4,096. Default 1</item>
/// <item>--size: the height and width of the frames in pixels</item>
/// <item>--mean, --std: three numbers each. The input is (pixel / 255 - mean) / std</item>
/// </list>
/// </remarks>
internal sealed class ClipOptions
{
    private readonly Option<int?> _frames = Numbers.OptionalInteger(
        "--frames",
        1,
        4096,
        "Frames of a clip, if the network's file does not say."
    );
    private readonly Option<int?> _stride = Numbers.OptionalInteger(
        "--stride",
        1,
        4096,
        "Distance between the frames of a clip, in frames of the video."
    );
    private readonly Func<ParseResult, (ChannelTriple? Mean, ChannelTriple? Std, int? Size)> _given;

    /// <summary>Adds all options to a command.</summary>
    public ClipOptions(Command command)
    {
        var size = Numbers.OptionalInteger(
            "--size",
            1,
            4096,
            "Width and height of the frames in pixels, if the network's file does not say."
        );
        var (mean, std) = (PreprocessingOptions.Mean(), PreprocessingOptions.Std());
        _given = parsed => (parsed.GetValue(mean), parsed.GetValue(std), parsed.GetValue(size));
        foreach (var option in new Option[] { _frames, _stride, size, mean, std })
        {
            command.Add(option);
        }
    }

    /// <summary>Adds --frames and --stride to a command for images and clips, whose other options are those for images.</summary>
    /// <param name="command">The command.</param>
    /// <param name="images">The options for images, already added.</param>
    public ClipOptions(Command command, PreprocessingOptions images)
    {
        _given = parsed =>
            images.Given(parsed) switch
            {
                (var mean, var std, null) => (mean, std, null),
                (var mean, var std, var (width, height)) when width == height => (mean, std, width),
                (_, _, var (width, height)) => throw new UsageException($"--size {width}x{height}: clips are squares; give one number"),
            };
        command.Add(_frames);
        command.Add(_stride);
    }

    /// <summary>
    /// Returns the preprocessing of clips. An option takes precedence over the metadata and the input shape of the network.
    /// </summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="session">The network.</param>
    /// <exception cref="UsageException">--mean or --std is given without the other, or --size is not a square.</exception>
    /// <exception cref="UnsuitableModelException">
    /// The network does not take clips, or options and file together do not determine the preprocessing.
    /// </exception>
    public ClipPreprocessing Resolve(ParseResult parsed, OnnxSession session)
    {
        var (clips, stated) = (session.Contract.RequireClips(), session.Contract.Metadata.Clips);
        var (mean, std, givenSize) = _given(parsed);
        if (mean is null != std is null && stated is null)
        {
            throw new UsageException("--mean and --std must be given together");
        }

        var frames = parsed.GetValue(_frames) ?? clips.Frames ?? stated?.Frames;
        var size = givenSize ?? clips.Side ?? stated?.Size;
        if (frames is null || size is null || (mean is null && stated is null))
        {
            var unnormalised = mean is null && stated is null;
            string?[] missing =
            [
                frames is null ? "--frames N" : null,
                size is null ? "--size N" : null,
                unnormalised ? "--mean a,b,c" : null,
                unnormalised ? "--std a,b,c" : null,
            ];
            throw new UnsuitableModelException(
                $"{session.Name} does not say how its clips are prepared; give {Join([.. missing.OfType<string>()])} as in its training"
            )
            {
                Path = session.Name,
            };
        }

        var clip = (stated ?? new ClipPreprocessing(frames.Value, size.Value)) with { Frames = frames.Value, Size = size.Value };
        return session.Contract.ResolveClips(
            clip with
            {
                Stride = parsed.GetValue(_stride) ?? clip.Stride,
                Mean = mean ?? clip.Mean,
                Std = std ?? clip.Std,
            }
        );
    }

    private static string Join(string[] words) => words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} and {words[^1]}";
}
