using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tacit.Cli.Hosting;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;

namespace Tacit.Cli.Options;

/// <summary>The options for the preparation of images or clips: --mean, --std, --size, --short-side.</summary>
/// <remarks>
/// <para>
/// They are only needed for networks whose files have no metadata about their preprocessing. Otherwise, they override the metadata.
/// </para>
/// <list type="bullet">
/// <item>
/// --mean, --std: three numbers of at most 1 each, for example 0.485,0.456,0.406. The input is (pixel / 255 - mean) / std. Larger numbers are
/// those for pixels of 0 to 255, and are refused with the right ones
/// </item>
/// <item>--size: N or WxH in pixels, for networks whose input size is variable</item>
/// <item>--short-side: scales the short side to this size and crops the centre, instead of stretching the image</item>
/// </list>
/// </remarks>
internal sealed class PreprocessingOptions
{
    private readonly Option<ChannelTriple?> _mean = Mean();
    private readonly Option<ChannelTriple?> _std = Std();

    private readonly Option<(int Width, int Height)?> _size = new("--size")
    {
        Description = "Size of the images, if the network accepts different sizes.",
        HelpName = "N|WxH",
        CustomParser = ParseSize,
    };

    private readonly Option<int?> _shortSide = Numbers.OptionalInteger(
        "--short-side",
        1,
        65_535,
        "Scale the short side to this many pixels and crop the centre, instead of stretching the image."
    );

    /// <summary>Adds the options to a command.</summary>
    public PreprocessingOptions(Command command)
    {
        command.Add(_mean);
        command.Add(_std);
        command.Add(_size);
        command.Add(_shortSide);
    }

    /// <summary>Returns the preprocessing of images. An option takes precedence over the metadata of the network.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="contract">The input of the network and its metadata.</param>
    /// <returns>The preprocessing; null if neither options nor metadata specify one.</returns>
    /// <exception cref="UsageException">The options contradict each other or the network, or the size of the images is unknown.</exception>
    public Preprocessing? Resolve(ParseResult parsed, NetworkContract contract)
    {
        var (mean, std, size, shortSide) = (
            parsed.GetValue(_mean),
            parsed.GetValue(_std),
            parsed.GetValue(_size),
            parsed.GetValue(_shortSide)
        );
        var preprocessing = contract.Metadata.Images;
        if (mean is null && std is null && size is null && shortSide is null)
        {
            return preprocessing;
        }

        if (mean is null != std is null && preprocessing is null)
        {
            throw new UsageException("--mean and --std must be given together");
        }

        var (width, height) =
            size
            ?? contract.Input?.PictureSize
            ?? (
                preprocessing is not null
                    ? (preprocessing.Width, preprocessing.Height)
                    : throw new UsageException("the network leaves the size of its images open: give --size WxH")
            );
        preprocessing ??= new Preprocessing(width, height);
        preprocessing = preprocessing with
        {
            Width = width,
            Height = height,
            Mean = mean ?? preprocessing.Mean,
            Std = std ?? preprocessing.Std,
        };
        return shortSide is not { } side ? preprocessing
            : side >= Math.Max(width, height) ? preprocessing with { Resize = ResizeMode.ShortSideCrop, ShortSide = side }
            : throw new UsageException($"--short-side {side} is less than the {width}x{height} that is cut out of it");
    }

    /// <summary>Returns the preprocessing of images or clips as metadata for an output file.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="contract">The input of the network and its metadata.</param>
    /// <exception cref="UsageException">The options contradict each other or the network.</exception>
    public ModelMetadata ToMetadata(ParseResult parsed, NetworkContract contract) =>
        contract.Input is ClipInput clips
            ? new ModelMetadata { Clips = ResolveClips(parsed, contract, clips) }
            : new ModelMetadata { Images = Resolve(parsed, contract) };

    /// <summary>Returns the values of --mean, --std and --size. Each is null if the option is not given.</summary>
    public (ChannelTriple? Mean, ChannelTriple? Std, (int Width, int Height)? Size) Given(ParseResult parsed) =>
        (parsed.GetValue(_mean), parsed.GetValue(_std), parsed.GetValue(_size));

    /// <summary>Creates the exception for a network that does not say how its images or clips are prepared.</summary>
    /// <param name="network">The file of the network.</param>
    /// <param name="samples">"images" or "clips".</param>
    public static UnsuitableModelException Unprepared(string network, string samples) =>
        new($"{network} does not say how its {samples} are prepared; give --mean a,b,c and --std a,b,c as in its training")
        {
            Path = network,
        };

    /// <summary>Returns whether --short-side is given.</summary>
    public bool HasShortSide(ParseResult parsed) => parsed.GetValue(_shortSide) is not null;

    /// <summary>Creates the option --mean: three numbers of at most 1, for channels scaled to [0, 1].</summary>
    public static Option<ChannelTriple?> Mean() => Triple("--mean", "Mean of each channel, for pixels scaled to 0 … 1.", triple => null);

    /// <summary>Creates the option --std: three numbers above 0 and at most 1, for channels scaled to [0, 1].</summary>
    public static Option<ChannelTriple?> Std() =>
        Triple(
            "--std",
            "Standard deviation of each channel, for pixels scaled to 0 … 1.",
            triple => triple is { First: > 0, Second: > 0, Third: > 0 } ? null : "numbers above 0"
        );

    /// <summary>Returns the preprocessing of clips, of which only mean and deviation can be changed.</summary>
    private ClipPreprocessing? ResolveClips(ParseResult parsed, NetworkContract contract, ClipInput input)
    {
        var (mean, std) = (parsed.GetValue(_mean), parsed.GetValue(_std));
        if ((parsed.GetValue(_size), parsed.GetValue(_shortSide)) is not (null, null))
        {
            throw new UsageException(
                "--size and --short-side are for images; the network takes clips, whose squares have the size of its input"
            );
        }

        var clip = contract.Metadata.Clips;
        if (mean is null && std is null)
        {
            return clip;
        }

        if (mean is null != std is null && clip is null)
        {
            throw new UsageException("--mean and --std must be given together");
        }

        clip ??= input is { Frames: { } frames, Side: { } side }
            ? new ClipPreprocessing(frames, side)
            : throw new UsageException("the network leaves the size of its clips open: give --input-shape");
        return clip with { Mean = mean ?? clip.Mean, Std = std ?? clip.Std };
    }

    private static Option<ChannelTriple?> Triple(string name, string description, Func<ChannelTriple, string?> check) =>
        new(name)
        {
            Description = description,
            HelpName = "a,b,c",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                var wrong = ChannelTriple.TryParse(text, out var triple) ? check(triple) : "three numbers joined by commas";
                if (wrong is not null)
                {
                    result.AddError($"{name} takes {wrong}, such as 0.485,0.456,0.406, not {text}");
                }
                else if (Math.Max(triple.First, Math.Max(triple.Second, triple.Third)) > 1)
                {
                    result.AddError(
                        $"{name} {text} is for pixels of 0 … 255, but pixels are scaled to 0 … 1: divide --mean and --std by 255 ({name} {Scaled(triple)})"
                    );
                }

                return triple;
            },
        };

    private static string Scaled(ChannelTriple triple) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{triple.First / 255:0.#####},{triple.Second / 255:0.#####},{triple.Third / 255:0.#####}"
        );

    /// <summary>Parses "224" or "320x240": one or two numbers of pixels from 1 to 65,535.</summary>
    private static (int Width, int Height)? ParseSize(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var sides = text.Split('x', 'X')
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var side) ? side : 0)
            .ToArray();
        if (sides.Length is not (1 or 2) || sides.Any(side => side is < 1 or > 65_535))
        {
            result.AddError($"--size takes a number of pixels, or two as in 224x224, not {text}");
            return null;
        }

        return (sides[0], sides[^1]);
    }
}
