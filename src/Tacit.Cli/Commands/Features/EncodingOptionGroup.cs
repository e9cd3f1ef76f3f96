using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Clips;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Features;

/// <summary>The arguments and options of commands that evaluate an encoder: ENCODER, VIDEOS, and how clips are chosen and run.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>ENCODER: an ONNX file, (N, 3, T, H, W) to (N, D)</item>
/// <item>VIDEOS and its options, see <see cref="VideoSetOptionGroup"/></item>
/// <item>--cache: a folder that keeps decoded frames. Default: that of an earlier training on the set, if there is one</item>
/// <item>--clips: evenly spaced clips of each video, 1 to 1,000. Default: from the file of the encoder, otherwise 10</item>
/// <item>--batch: clips in a batch, 1 to 4,096. Default 10. A fixed batch size of the file takes precedence</item>
/// <item>--threads: 0 to 1,024. Default 0, one per core</item>
/// <item>the preparation of clips, see <see cref="ClipOptions"/></item>
/// </list>
/// </remarks>
internal sealed class EncodingOptionGroup
{
    private readonly Terminal _terminal;
    private readonly Argument<string> _encoder = new("ENCODER")
    {
        Description = "A video encoder as an ONNX file: N x 3 x T x H x W to N x D.",
    };
    private readonly VideoSetOptionGroup _videos;
    private readonly TestClipOptions _clips;
    private readonly Option<int> _batch = Numbers.Integer("--batch", [], 1, 4096, 10, "Clips in a batch.");
    private readonly Option<int> _threads = Numbers.Integer("--threads", [], 0, 1024, 0, "Number of threads; 0 for one per core.");
    private readonly ClipOptions _clip;

    /// <summary>Adds the arguments and options to a command.</summary>
    /// <param name="terminal">The output streams, for the progress.</param>
    /// <param name="command">The command.</param>
    public EncodingOptionGroup(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_encoder);
        _videos = new VideoSetOptionGroup(command);
        _clips = new TestClipOptions(command);
        _clip = new ClipOptions(command);
        command.Add(_batch);
        command.Add(_threads);
    }

    /// <summary>Returns the value of --threads; 0 for one per core.</summary>
    public int Threads(ParseResult parsed) => parsed.GetValue(_threads);

    /// <summary>Lists the videos, verifies that they can be divided as requested, and computes their features.</summary>
    /// <remarks>
    /// Labels, sources and parts are verified before the first frame is decoded, because encoding can take hours. Videos that cannot be
    /// read are left out and counted.
    /// </remarks>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="division">How the videos will be divided into training and test videos.</param>
    /// <param name="cancellation">Cancels the decoding and encoding.</param>
    /// <exception cref="UsageException">Options contradict each other, or the frames in --cache are smaller than the clips.</exception>
    /// <exception cref="Tacit.Graphs.ContentException">
    /// The encoder is missing or unsuitable, its preprocessing is unknown, or the set cannot be read, has too few labels or too many
    /// unreadable videos.
    /// </exception>
    public async Task<EncodedVideos> RunAsync(ParseResult parsed, EvaluationOptions division, CancellationToken cancellation)
    {
        var path = Files.Existing(parsed.GetValue(_encoder)!, "an ONNX file");
        using var session = OnnxSession.Open(path, new OnnxSessionOptions { Threads = Threads(parsed) });
        var encoder = new VideoEncoder(session, _clip.Resolve(parsed, session));
        var set = _videos.Read(parsed, cancellation);
        FeatureEvaluation.Check(TestClipOptions.Unread(set), division);
        var clips = _clips.Count(parsed, encoder.Preprocessing);
        return await ProgressDisplay.RunAsync(
            _terminal,
            async progress =>
            {
                var size = encoder.Preprocessing.Size;
                using var videos = await TestClipOptions.OpenAsync(
                    _clips.Cache(parsed, set, size),
                    set,
                    size,
                    Threads(parsed),
                    progress,
                    cancellation
                );
                var features = await encoder.EncodeAsync(
                    videos.Store,
                    new VideoEncodingOptions { Clips = clips, Batch = session.Contract.Batch ?? parsed.GetValue(_batch) },
                    new Relay<VideoEncodingProgress>(value => progress.Report(new StageProgress("encoding", value.Done, value.Total, []))),
                    cancellation
                );
                return new EncodedVideos(path, set.Path, features, encoder.Preprocessing, clips, videos.Unreadable.Length, Threads(parsed));
            }
        );
    }
}
