using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;

namespace Tacit.Cli.Options;

/// <summary>The options that say how clips are prepared: --frames, --stride, --size, --mean, --std.</summary>
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

    /// <summary>Adds all of them.</summary>
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

    /// <summary>Adds those that images have not; the others are theirs.</summary>
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

    /// <summary>The preprocessing: what the options say, else what the file's metadata and input say.</summary>
    /// <exception cref="UsageException">The options do not go together.</exception>
    /// <exception cref="UnsuitableModelException">The network does not take clips, or neither options nor file say enough.</exception>
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
