using System.Collections.Immutable;
using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;

namespace Tacit.Cli.Commands.Compare;

/// <summary>The command <c>tacit compare</c>: measures how far the outputs of two networks differ on noise or on images without labels.</summary>
/// <remarks>Both networks run in ONNX Runtime. Neither file is read or rewritten by Tacit.</remarks>
internal sealed class CompareCommand
{
    private const int Batch = 16;

    private readonly Terminal _terminal;
    private readonly Argument<string> _reference = new("REFERENCE") { Description = "The network to compare with, as an ONNX file." };
    private readonly Argument<string> _other = new("OTHER") { Description = "The other network as an ONNX file, for example quantised." };
    private readonly Option<string?> _data = new("--data")
    {
        Description = "A folder or a ZIP file of images, which need no labels. [default: Gaussian noise]",
        HelpName = "IMAGES",
    };
    private readonly Option<int> _samples = Numbers.Integer("--samples", [], 1, 1_000_000, 64, "Number of images or noise samples.");
    private readonly Option<int> _seed = Numbers.Integer("--seed", [], 0, int.MaxValue, 0, "Seed of the noise.");
    private readonly Option<int> _threads = Numbers.Integer("--threads", [], 0, 1024, 0, "Number of threads; 0 for one per core.");
    private readonly InputShapeOption _inputShape;
    private readonly PreprocessingOptions _preprocessing;
    private readonly ImmutableArray<Option> _forNoise;
    private readonly ImmutableArray<Option> _forImages;
    private readonly CommonOptions _common;

    private CompareCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_reference);
        command.Add(_other);
        foreach (var option in new Option[] { _data, _samples, _seed, _threads })
        {
            command.Add(option);
        }

        var before = command.Options.Count;
        _inputShape = new InputShapeOption(command);
        _forNoise = [_seed, .. command.Options.Skip(before)];
        before = command.Options.Count;
        _preprocessing = new PreprocessingOptions(command);
        _forImages = [.. command.Options.Skip(before)];
        _common = new CommonOptions(command);
        command.SetAction(RunAsync);
    }

    /// <summary>Creates the command.</summary>
    /// <param name="terminal">The output streams.</param>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("compare", "Compare the outputs of two networks on noise or on images without labels.");
        _ = new CompareCommand(terminal, command);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var data = parsed.GetValue(_data);
        if ((data is null ? _forImages : _forNoise).FirstOrDefault(parsed.IsGiven) is { } unused)
        {
            throw new UsageException(
                data is null ? $"{unused.Name} applies only to images; give them with --data" : $"{unused.Name} applies only without --data"
            );
        }

        using var reference = Open(parsed, _reference);
        using var other = Open(parsed, _other);
        var comparison = OutputComparison.Of(reference, other);
        var batches = data is null ? Noise(parsed, reference, other) : Images(parsed, data, reference, other, cancellation);
        var count = await ProgressDisplay.RunAsync(
            _terminal,
            progress => Run(reference, other, comparison, batches, parsed, progress, cancellation)
        );
        _common.Show(parsed, _terminal, new CompareReport(reference.Name, other.Name, data, count, comparison).Create());
        return ExitCode.Success;
    }

    private OnnxSession Open(ParseResult parsed, Argument<string> path) =>
        OnnxSession.Open(
            Files.Existing(parsed.GetValue(path)!, "an ONNX file"),
            new OnnxSessionOptions { Threads = parsed.GetValue(_threads) }
        );

    private int Run(
        OnnxSession reference,
        OnnxSession other,
        OutputComparison comparison,
        IEnumerable<(TensorData Reference, TensorData Other)> batches,
        ParseResult parsed,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    )
    {
        var count = 0;
        foreach (var (batch, otherBatch) in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            var samples = (int)batch.Sizes[0];
            comparison.Add(reference.RunAll(batch), other.RunAll(otherBatch), samples);
            count += samples;
            progress.Report(new StageProgress("comparing", count, Math.Max(count, parsed.GetValue(_samples)), []));
        }

        return count > 0
            ? count
            : throw new InvalidDatasetException($"{parsed.GetValue(_data)} has no readable image") { Path = parsed.GetValue(_data) };
    }

    // The other network may have the channels last where the reference has them first, or the reverse.
    private IEnumerable<(TensorData, TensorData)> Noise(ParseResult parsed, OnnxSession reference, OnnxSession other)
    {
        var (input, otherInput) = (InputOf(reference), InputOf(other));
        if (_inputShape.Resolve(parsed, [input.Value]) is { } given)
        {
            input = NetworkInput.Of(input.Value with { Type = input.Value.Type with { Shape = given[input.Value.Name] } });
        }

        var shape = input.Shape;
        if (shape.Skip(1).Any(size => !size.IsKnown))
        {
            throw new UsageException("the network leaves the size of its input open: give --input-shape");
        }

        int[]? order =
            input is not ImageInput { Layout: var layout }
            || otherInput is not ImageInput { Layout: var otherLayout }
            || layout == otherLayout
                ? null
            : otherLayout == ImageLayout.ChannelsLast ? [0, 2, 3, 1]
            : [0, 3, 1, 2];
        var needed = order is null ? shape : new Shape([.. order.Select(axis => shape[axis])]);
        var takes = otherInput.Shape;
        if (takes.Rank != needed.Rank || takes.Zip(needed).Skip(1).Any(pair => pair.First.IsKnown && pair.First != pair.Second))
        {
            throw new UnsuitableModelException($"{other.Name} takes {takes}, but {reference.Name} takes {shape}") { Path = other.Name };
        }

        return NoiseBatches
            .Of(input.Value, parsed.GetValue(_samples), Batch, (ulong)parsed.GetValue(_seed))
            .Select(noise => (noise, order is null ? noise : noise.Transpose(order)));
    }

    private static NetworkInput InputOf(OnnxSession session) =>
        session.Contract.Inputs is [var input]
            ? input
            : throw new UnsuitableModelException($"{session.Name} has {session.Contract.Inputs.Length} inputs; one is supported")
            {
                Path = session.Name,
            };

    // Images are decoded once if both networks prepare them alike.
    private IEnumerable<(TensorData, TensorData)> Images(
        ParseResult parsed,
        string path,
        OnnxSession reference,
        OnnxSession other,
        CancellationToken cancellation
    )
    {
        var (layout, otherLayout) = (reference.Contract.RequireImages().Layout, other.Contract.RequireImages().Layout);
        var asked = _preprocessing.Resolve(parsed, reference.Contract) ?? throw PreprocessingOptions.Unprepared(reference.Name, "images");
        var preprocessing = asked with { Layout = layout };
        var otherPreprocessing = (other.Contract.Metadata.Images ?? asked) with { Layout = otherLayout };
        var all = LabelledImages.OpenUnlabelled(path, cancellationToken: cancellation);
        var most = Math.Min(parsed.GetValue(_samples), all.Images.Length);
        var images = all.Choose(Enumerable.Range(0, most).Select(place => (int)((long)place * all.Images.Length / most)));
        var options = new ImageBatchOptions { BatchSize = Batch };
        var batches = Read(preprocessing);
        return preprocessing == otherPreprocessing ? batches.Select(batch => (batch, batch)) : batches.Zip(Read(otherPreprocessing));

        IEnumerable<TensorData> Read(Preprocessing prepared) =>
            images
                .ReadBatches(prepared, options, cancellation)
                .Where(batch => batch.Count > 0)
                .Select(batch => TensorData.Of(batch.Tensor.Span, prepared.Sizes(batch.Count)));
    }
}
