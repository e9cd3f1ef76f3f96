using System.CommandLine;
using System.Globalization;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Pretraining;
using Tacit.Cli.Rendering;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Rewriting;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video;
using Tacit.Learning.Execution;
using Tacit.Learning.Training;

namespace Tacit.Cli.Verbs;

/// <summary>tacit export: an encoder or classifier as an ONNX file for others, checked against what was trained.</summary>
internal sealed class ExportVerb
{
    private const double Tolerance = 1e-4;
    private const string Folded = "folded";
    private const int NoiseItems = 4;

    private readonly Terminal _terminal;
    private readonly Argument<string> _network = new("NETWORK") { Description = "An ONNX file, or the folder of a run: what came of it, or its last checkpoint." };
    private readonly Option<string> _batchNorms = Choices.Of("--batch-norms", "kept lets the file be quantised and fine-tuned; folded makes it a little smaller.", "kept", Folded);
    private readonly Option<string?> _videos = new("--check") { Description = "Compare file and network on clips of these videos, beside noise.", HelpName = "VIDEOS" };
    private readonly Option<int> _items = Numbers.Integer("--check-videos", [], 1, 1_000_000, 8, "The most videos of --check, evenly spaced over the set.");
    private readonly Option<int> _opset = Numbers.Integer("--opset", [], OnnxWriterOptions.OldestOpset, OnnxWriterOptions.NewestOpset, OnnxWriterOptions.OldestOpset, "Version of the operators.");
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The file to write. Default: NETWORK with .onnx in the current folder.", HelpName = "OUT" };
    private readonly Option<bool> _force = new("--force") { Description = "Overwrite the output." };
    private readonly CommonOptions _common;

    private ExportVerb(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_network);
        foreach (var option in new Option[] { _output, _batchNorms, _videos, _items, _opset, _force })
        {
            command.Add(option);
        }

        _common = new CommonOptions(command);
        command.SetAction(RunAsync);
    }

    public static Command Create(Terminal terminal)
    {
        var command = new Command("export", "Write an encoder or classifier as an ONNX file, and check it against the network.");
        _ = new ExportVerb(terminal, command);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var path = parsed.GetValue(_network)!;
        var output = Path.GetFullPath(parsed.GetValue(_output) ?? $"{Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path))}.onnx");
        Devices.Check("cpu", _terminal);
        var (model, origin) = Read(path);
        Files.CheckOutput(output, parsed.GetValue(_force));
        var exported = parsed.GetValue(_batchNorms) == Folded ? BatchNormFolding.Apply(model) : model;
        var bytes = OnnxWriter.ToBytes(exported, new OnnxWriterOptions { Opset = parsed.GetValue(_opset) });
        var videos = parsed.GetValue(_videos) is { } set ? VideoSet.Read(set, cancellationToken: cancellation) : null;
        var (onNoise, clips, onClips) = await ProgressDisplay.RunAsync(_terminal, async progress =>
        {
            progress.Report(new StageProgress("checking", 0, 0, []));
            using var session = OnnxSession.Open(bytes, name: output);
            var noise = RuntimeComparison.LargestDifference(model, session, [Noise(model)], cancellation);
            if (videos is null)
            {
                return (noise, 0, (double?)null);
            }

            var real = await ClipsAsync(videos, session, parsed.GetValue(_items), progress, cancellation);
            return (noise, real.Sum(batch => (int)batch.Sizes[0]), RuntimeComparison.LargestDifference(model, session, real, cancellation));
        });
        var largest = Math.Max(onNoise, onClips ?? 0);
        if (!(largest <= Tolerance))
        {
            throw new UnsuitableModelException(string.Create(
                CultureInfo.InvariantCulture,
                $"{path} was not exported: ONNX Runtime differs from it by up to {largest:0.#e0} of an output, more than {Tolerance:0.#e0}; export it with --batch-norms kept")) { Path = path };
        }

        AtomicFile.Write(output, stream => stream.Write(bytes));
        if (parsed.GetValue(_common.Json))
        {
            JsonOutput.Write(_terminal.Output, new
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
            });
        }
        else
        {
            new FactList()
                .Add("network", origin)
                .Add("batch norms", Norms(model, exported))
                .Add("checked", $"differs from ONNX Runtime by {Share(onNoise)} at most on noise{(onClips is { } real ? $", by {Share(real)} on {clips} clips" : "")}")
                .Add("clips", ClipPreprocessing.TryFromMetadata(exported.Metadata, out var clip) ? clip.ToString() : "the file does not say how its input is prepared")
                .Add("output", $"{Files.Shown(output)} ({Format.Bytes(bytes.Length)}, opset {parsed.GetValue(_opset)})")
                .Write(_terminal.OutputConsole);
        }

        return ExitCode.Success;
    }

    // A file, what a run left, or the encoder at the last checkpoint of a pretraining.
    private static (Model Model, string Origin) Read(string path)
    {
        if (!Directory.Exists(path))
        {
            return (OnnxReader.Read(Files.Existing(path, "an ONNX file or the folder of a run")), path);
        }

        var run = RunSnapshot.Read(path);
        string[] results = [Path.Combine(path, PretrainJob.EncoderName), Path.Combine(path, "classifier.onnx")];
        if (results.FirstOrDefault(File.Exists) is { } result)
        {
            return (OnnxReader.Read(result), result);
        }

        var last = run.Description.Command == PretrainRequest.Command ? run.LatestCheckpoint() : null;
        if (last is null)
        {
            throw new InvalidFileException($"{path} has nothing to export yet; go on with: tacit {run.Description.Command} --resume {Files.Quoted(path)}") { Path = path };
        }

        var request = OptionsJson.FromJson<PretrainRequest>(run.Description.Options, path: path);
        return (Tacit.Learning.Pretraining.VideoPretraining.EncoderAt(last, request.Options), $"{path}, at step {last.Step}");
    }

    private static TensorData Noise(Model model)
    {
        var shape = model.Graph.Inputs is [{ Type: { Element: ElementType.Float32 } type }] ? type.Shape
            : throw new UnsuitableModelException($"the network has the inputs {string.Join(", ", model.Graph.Inputs)}; one of Float32 is supported");
        if (shape.Rank == 0 || shape.Skip(1).FirstOrDefault(size => !size.IsKnown) is { Symbol: not null })
        {
            throw new UnsuitableModelException($"the input {model.Graph.Inputs[0].Name} is {shape}: a size is not known, so the file cannot be checked");
        }

        long[] sizes = [shape[0].IsKnown ? shape[0].Size : NoiseItems, .. shape.Skip(1).Select(size => size.Size)];
        var numbers = new float[sizes.Aggregate(1L, (a, b) => a * b)];
        new RandomStream(0, "export").FillGaussian(numbers);
        return TensorData.Of<float>(numbers, sizes);
    }

    // The test clips of each video as one batch.
    private static async Task<List<TensorData>> ClipsAsync(VideoSet set, OnnxSession session, int most, IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        var preprocessor = new ClipPreprocessor(ClipInput.Resolve(session));
        var clip = preprocessor.Preprocessing;
        using var videos = await VideoStore.OpenAsync(
            set.Evenly(most), null, options: new VideoCacheOptions { ShortSide = Math.Max(new VideoCacheOptions().ShortSide, clip.Size) }, progress: VideoSetOptionGroup.Translate(progress), cancellation: cancellation);
        var batches = new List<TensorData>();
        for (var video = 0; video < videos.Store.Videos.Length; video++)
        {
            var chosen = TestClips.Of(videos.Store.Videos[video].Frames, clip, clip.TestClips);
            var frames = await videos.Store.ReadAsync(video, chosen.SelectMany(each => each).ToArray(), cancellation);
            var numbers = new float[chosen.Length * clip.ElementCount];
            for (var i = 0; i < chosen.Length; i++)
            {
                preprocessor.Fill(frames, i * clip.Frames, numbers.AsSpan(i * clip.ElementCount, clip.ElementCount));
            }

            batches.Add(TensorData.Of<float>(numbers, chosen.Length, 3, clip.Frames, clip.Size, clip.Size));
        }

        return batches;
    }

    private static string Norms(Model model, Model exported)
    {
        var (before, after) = (BatchNormReport.Of(model).Kept, BatchNormReport.Of(exported).Kept);
        return before == 0 ? "none" : after == before ? $"{before} kept" : $"{before - after} folded into convolutions{(after > 0 ? $", {after} kept" : "")}; the file cannot be quantised without data";
    }

    private static string Share(double difference) => difference == 0 ? "nothing" : difference.ToString("0.#e0", CultureInfo.InvariantCulture);
}
