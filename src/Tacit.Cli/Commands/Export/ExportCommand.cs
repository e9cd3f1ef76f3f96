using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using Tacit.Cli.Commands.Compare;
using Tacit.Cli.Commands.Finetune;
using Tacit.Cli.Commands.Pretrain;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Export;

/// <summary>tacit export: an encoder or classifier as an ONNX file for others, checked against what was trained.</summary>
internal sealed class ExportCommand
{
    private const double Tolerance = 1e-4;
    private const string Folded = "folded";
    private const int NoiseItems = 4;

    private readonly Terminal _terminal;
    private readonly Argument<string> _network = new("NETWORK")
    {
        Description = "An ONNX file, or the run folder of pretrain or finetune: its result, or the encoder of its last checkpoint.",
    };
    private readonly Option<string> _batchNorms = Choices.Of(
        "--batch-norms",
        "kept: the file can be quantised and fine-tuned; folded: the file is slightly smaller.",
        "kept",
        Folded
    );
    private readonly Option<string?> _videos = new("--check")
    {
        Description = "Compare file and network on clips of these videos too, not only on noise.",
        HelpName = "VIDEOS",
    };
    private readonly VideoSetOptionGroup _set;
    private readonly Option<int> _items = Numbers.Integer(
        "--check-videos",
        [],
        1,
        1_000_000,
        8,
        "Largest number of videos of --check, evenly spaced over the set."
    );
    private readonly Option<int> _opset = Numbers.Integer(
        "--opset",
        [],
        OnnxWriterOptions.OldestOpset,
        OnnxWriterOptions.NewestOpset,
        OnnxWriterOptions.OldestOpset,
        "ONNX opset version."
    );
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "The file to write. Default: NETWORK-export.onnx in the current folder.",
        HelpName = "OUT",
    };
    private readonly Option<bool> _force = new("--force") { Description = "Overwrite the output." };
    private readonly CommonOptions _common;

    private ExportCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_network);
        foreach (var option in new Option[] { _output, _batchNorms, _opset, _force, _videos, _items })
        {
            command.Add(option);
        }

        _set = new VideoSetOptionGroup(command, _videos);
        _common = new CommonOptions(command);
        command.SetAction(RunAsync);
    }

    public static Command Create(Terminal terminal)
    {
        var command = new Command("export", "Export an encoder or classifier to an ONNX file, and compare the file with the network.");
        _ = new ExportCommand(terminal, command);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var path = parsed.GetValue(_network)!;
        var output = Path.GetFullPath(parsed.GetValue(_output) ?? $"{NameOf(path)}-export.onnx");
        Devices.Check("cpu", _terminal);
        var (model, origin, file) = Read(path);
        var metadata = ModelMetadata.Read(model.Metadata);
        if (file is not null && Path.GetFullPath(file) == output)
        {
            throw new UsageException($"{path} would be overwritten; choose another file with -o");
        }

        Files.CheckOutput(output, parsed.GetValue(_force));
        var videos = _set.Videos(parsed) is null ? null : _set.Read(parsed, cancellation).Evenly(parsed.GetValue(_items));
        var exported = parsed.GetValue(_batchNorms) == Folded ? BatchNormFolding.Apply(model) : model;
        var bytes = OnnxWriter.ToBytes(exported, new OnnxWriterOptions { Opset = parsed.GetValue(_opset) });
        var (onNoise, clips, onClips) = await ProgressDisplay.RunAsync(
            _terminal,
            async progress =>
            {
                progress.Report(new StageProgress("checking", 0, 0, []));
                using var session = OnnxSession.Open(bytes, name: path);
                using var comparison = new RuntimeComparison(model, session);
                var noise = comparison.LargestDifference(Noise(model));
                if (videos is null)
                {
                    return (noise, 0, (double?)null);
                }

                var (count, largest) = (0, 0.0);
                await foreach (var batch in ClipsAsync(videos, session, progress, cancellation))
                {
                    largest = Math.Max(largest, comparison.LargestDifference(batch));
                    count += (int)batch.Sizes[0];
                }

                return (noise, count, largest);
            }
        );
        if (Math.Max(onNoise, onClips ?? 0) is var most && !(most <= Tolerance))
        {
            throw new UnsuitableModelException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path} was not exported: ONNX Runtime differs from the network by up to {most:0.#e0} of an output, more than {Tolerance:0.#e0}{(exported == model ? "" : "; try --batch-norms kept")}"
                )
            )
            {
                Path = path,
            };
        }

        AtomicFile.Write(output, stream => stream.Write(bytes));
        var facts = new FactList()
            .Add("network", origin)
            .Add("batch norms", Norms(model, exported))
            .Add(
                "checked",
                $"differs from ONNX Runtime by {Share(onNoise)} at most on noise{(onClips is { } real ? $", by {Share(real)} on {clips} clips" : "")}"
            )
            .Add("clips", metadata.Clips?.ToString() ?? "the file does not say how its input is prepared")
            .Add("output", $"{Files.Shown(output)} ({Format.Bytes(bytes.Length)}, opset {parsed.GetValue(_opset)})");
        _common.Show(
            parsed,
            _terminal,
            new Report(
                new
                {
                    output,
                    from = origin,
                    batch_norms = parsed.GetValue(_batchNorms),
                    opset = parsed.GetValue(_opset),
                    bytes = bytes.Length,
                    clips,
                    largest_difference_noise = onNoise,
                    largest_difference_clips = onClips,
                    metadata = exported.Metadata,
                },
                facts
            )
        );
        return ExitCode.Success;
    }

    // Of a file without its ending, of a folder as it is called.
    private static string NameOf(string path)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return Directory.Exists(path) ? name : Path.GetFileNameWithoutExtension(name);
    }

    // A file, what a run left, or the encoder at the last checkpoint of a pretraining.
    private static (Model Model, string Origin, string? File) Read(string path)
    {
        if (!Directory.Exists(path))
        {
            return (OnnxReader.Read(Files.Existing(path, "an ONNX file or the folder of a run")), path, path);
        }

        var run = RunSnapshot.Read(path);
        var isPretraining = run.Description.Command == PretrainJob.Kind.Command;
        var name =
            isPretraining ? PretrainJob.EncoderName
            : run.Description.Command == FinetuneJob.Kind.Command ? FinetuneJob.ClassifierName
            : throw new InvalidFileException($"{path} is a run of tacit {run.Description.Command}; give the file that it wrote")
            {
                Path = path,
            };
        if (Path.Combine(path, name) is var result && File.Exists(result))
        {
            return (OnnxReader.Read(result), result, result);
        }

        if (!isPretraining || run.LatestCheckpoint() is not { } last)
        {
            throw new InvalidFileException(
                $"{path} has nothing to export yet; resume it with: tacit {run.Description.Command} --resume {Files.Quoted(path)}"
            )
            {
                Path = path,
            };
        }

        var request = PretrainJob.Kind.RequestOf(run.Description, path);
        return (VideoPretraining.EncoderAt(last, request.Options), $"{path}, at step {last.Step}", null);
    }

    private static TensorData Noise(Model model)
    {
        var input = model.Graph.Inputs is [var single]
            ? single
            : throw new UnsuitableModelException(
                $"the network has the inputs {string.Join(", ", model.Graph.Inputs)}; one of Float32 is supported"
            );
        var batch = input.Type.Shape is { Rank: > 0 } shape && shape[0].IsKnown ? (int)shape[0].Size : NoiseItems;
        return NoiseBatches.Of(input, batch, batch, seed: 0).First();
    }

    // The test clips of each video as one batch.
    private static async IAsyncEnumerable<TensorData> ClipsAsync(
        VideoSet set,
        OnnxSession session,
        IProgress<StageProgress> progress,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var preprocessor = new ClipPreprocessor(session.Contract.ResolveClips());
        var clip = preprocessor.Preprocessing;
        using var videos = await VideoStore.OpenAsync(
            set,
            null,
            options: new VideoCacheOptions().For(clip.Size),
            progress: VideoSetOptionGroup.Translate(progress),
            cancellation: cancellation
        );
        for (var video = 0; video < videos.Store.Videos.Length; video++)
        {
            progress.Report(new StageProgress("checking", video, videos.Store.Videos.Length, []));
            var chosen = TestClips.Of(videos.Store.Videos[video].Frames, clip, clip.TestClips);
            var frames = await videos.Store.ReadAsync(video, chosen.SelectMany(each => each).ToArray(), cancellation);
            yield return TensorData.Of<float>(preprocessor.Prepare(frames), chosen.Length, 3, clip.Frames, clip.Size, clip.Size);
        }
    }

    private static string Norms(Model model, Model exported)
    {
        var (before, after) = (BatchNormReport.Of(model).Kept, BatchNormReport.Of(exported).Kept);
        return before == 0 ? "none"
            : after == before ? $"{before} kept"
            : after == 0 ? $"{before} folded into convolutions: the file cannot be quantised without data, nor fine-tuned"
            : $"{before - after} folded into convolutions, {after} kept";
    }

    private static string Share(double difference) =>
        difference == 0 ? "nothing" : difference.ToString("0.#e0", CultureInfo.InvariantCulture);
}
