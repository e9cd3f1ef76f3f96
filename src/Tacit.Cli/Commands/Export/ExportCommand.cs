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

/// <summary><c>tacit export</c>: writes an encoder or classifier as an ONNX file and compares the file with the network.</summary>
/// <remarks>
/// <para>Arguments and options:</para>
/// <list type="bullet">
/// <item>
/// NETWORK: an ONNX file, or the folder of a run of pretrain or finetune. An unfinished pretraining exports the encoder of its last
/// checkpoint
/// </item>
/// <item>
/// --batch-norms: kept (default), or folded into convolutions where possible. A folded file cannot be fine-tuned, or quantised without data
/// </item>
/// <item>--opset: <see cref="OnnxWriterOptions.OldestOpset"/> (default) to <see cref="OnnxWriterOptions.NewestOpset"/></item>
/// <item>--check: videos on which file and network are compared, in addition to noise</item>
/// <item>--check-videos: the largest number of these videos, 1 to 1,000,000, evenly spaced over the set. Default 8</item>
/// <item>--output: the file. Default: the name of NETWORK with -export.onnx, in the current folder</item>
/// <item>--force: overwrites the output</item>
/// </list>
/// <para>
/// Order of the work: load libtorch; read the network; verify that the output is not the network itself and can be written; list the
/// videos; write the file to memory; run it in ONNX Runtime and the network in libtorch on noise of its input shape (a batch of 4 if the
/// batch size is open) and then on the test clips of each video. The output is written only if the largest difference, max |a - e| / max(1,
/// |e|), is at most 1e-4.
/// </para>
/// <para>
/// JSON fields: <c>output</c> (full path), <c>from</c>, <c>batch_norms</c>, <c>opset</c>, <c>bytes</c>, <c>clips</c> (the number of
/// compared clips), <c>largest_difference_noise</c> and <c>largest_difference_clips</c> (as defined above; the latter is null without
/// --check) and <c>metadata</c>.
/// </para>
/// <para>
/// Exit codes: <see cref="ExitCode.Success"/>; <see cref="ExitCode.Usage"/> for an existing output, or an output that is the network
/// itself; <see cref="ExitCode.BadInput"/> for a run without a result or checkpoint, a network that does not have one Float32 input with
/// known sizes, or a difference above the tolerance; <see cref="ExitCode.Interrupted"/>.
/// </para>
/// </remarks>
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

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams.</param>
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

    /// <summary>Returns the name of a file without its extension, or the name of a folder.</summary>
    private static string NameOf(string path)
    {
        var name = Files.NameOf(Path.GetFullPath(path));
        return Directory.Exists(path) ? name : Path.GetFileNameWithoutExtension(name);
    }

    /// <summary>Reads the network from a file, from the result of a run, or from the last checkpoint of a pretraining.</summary>
    /// <returns>
    /// The network; its origin for the report; and the path of its file, null if it comes from a checkpoint.
    /// </returns>
    /// <exception cref="InvalidFileException">The run belongs to another command, or has neither a result nor a checkpoint.</exception>
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

    /// <summary>
    /// Returns Gaussian noise with the shape of the network's input. An open batch size becomes 4. The noise is always the same.
    /// </summary>
    /// <exception cref="UnsuitableModelException">
    /// The network does not have one Float32 input, or another size than the batch is open.
    /// </exception>
    private static TensorData Noise(Model model)
    {
        var input = model.Graph.Inputs is [{ Type.Element: ElementType.Float32 } single]
            ? single
            : throw new UnsuitableModelException(
                $"the network has the inputs {string.Join(", ", model.Graph.Inputs)}; one of Float32 is supported"
            );
        var batch = input.Type.Shape is { Rank: > 0 } shape && shape[0].IsKnown ? (int)shape[0].Size : NoiseItems;
        return NoiseBatches.Of(input, batch, batch, seed: 0).First();
    }

    /// <summary>
    /// Returns the test clips of each video as one batch, (N, 3, T, H, W). Frames are decoded at each access, without a cache.
    /// </summary>
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

    /// <summary>Describes what happened to the batch norms, and what this prevents.</summary>
    private static string Norms(Model model, Model exported)
    {
        var (before, after) = (BatchNormReport.Of(model).Kept, BatchNormReport.Of(exported).Kept);
        return before == 0 ? "none"
            : after == before ? $"{before} kept"
            : after == 0 ? $"{before} folded into convolutions: the file cannot be quantised without data, nor fine-tuned"
            : $"{before - after} folded into convolutions, {after} kept";
    }

    /// <summary>Formats a difference to one digit; "nothing" for 0.</summary>
    private static string Share(double difference) =>
        difference == 0 ? "nothing" : difference.ToString("0.#e0", CultureInfo.InvariantCulture);
}
