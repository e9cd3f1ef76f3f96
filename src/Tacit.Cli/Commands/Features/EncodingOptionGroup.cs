using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Clips;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Features;

/// <summary>The arguments and options of the commands that evaluate an encoder: ENCODER, VIDEOS, and how clips are taken and run.</summary>
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

    /// <summary>--threads; 0 for one per core.</summary>
    public int Threads(ParseResult parsed) => parsed.GetValue(_threads);

    /// <summary>Reads the data and runs the encoder on them, once it is known that they can be judged by.</summary>
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
