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

        _inputShape = new InputShapeOption(command);
        _preprocessing = new PreprocessingOptions(command);
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
        using var reference = Open(parsed, _reference);
        using var other = Open(parsed, _other);
        var comparison = new OutputComparison(reference, other);
        if (reference.Contract.Batch is { } fixedBatch && other.Contract.Batch is { } otherBatch && fixedBatch != otherBatch)
        {
            throw new UnsuitableModelException($"{reference.Name} has the batch size {fixedBatch}, {other.Name} has {otherBatch}")
            {
                Path = other.Name,
            };
        }

        var batch = reference.Contract.Batch ?? other.Contract.Batch ?? Math.Min(Batch, parsed.GetValue(_samples));
        var batches = parsed.GetValue(_data) is { } data
            ? Images(parsed, data, reference.Contract, other.Contract, batch, cancellation)
            : Noise(parsed, reference.Contract, batch);
        var count = await ProgressDisplay.RunAsync(_terminal, progress => Run(comparison, batches, parsed, progress, cancellation));
        _common.Show(parsed, _terminal, new CompareReport(reference.Name, other.Name, parsed.GetValue(_data), count, comparison).Create());
        return ExitCode.Success;
    }

    private OnnxSession Open(ParseResult parsed, Argument<string> path) =>
        OnnxSession.Open(
            Files.Existing(parsed.GetValue(path)!, "an ONNX file"),
            new OnnxSessionOptions { Threads = parsed.GetValue(_threads) }
        );

    private int Run(
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
            comparison.Add(batch, otherBatch);
            count += (int)batch.Sizes[0];
            progress.Report(new StageProgress("comparing", count, Math.Max(count, parsed.GetValue(_samples)), []));
        }

        return count > 0
            ? count
            : throw new InvalidDatasetException($"{parsed.GetValue(_data)} has fewer readable images than the batch size of the networks")
            {
                Path = parsed.GetValue(_data),
            };
    }

    private IEnumerable<(TensorData, TensorData)> Noise(ParseResult parsed, NetworkContract contract, int batch)
    {
        var input = contract.Inputs is [var single]
            ? single.Value
            : throw new UnsuitableModelException($"the network has {contract.Inputs.Length} inputs; one is supported");
        if (_inputShape.Resolve(parsed, [input]) is { } shape)
        {
            input = input with { Type = input.Type with { Shape = shape } };
        }

        if (input.Type.Shape.Skip(1).Any(size => !size.IsKnown))
        {
            throw new UsageException("the network leaves the size of its input open: give --input-shape");
        }

        return NoiseBatches.Of(input, parsed.GetValue(_samples), batch, (ulong)parsed.GetValue(_seed)).Select(noise => (noise, noise));
    }

    private IEnumerable<(TensorData, TensorData)> Images(
        ParseResult parsed,
        string path,
        NetworkContract reference,
        NetworkContract other,
        int batch,
        CancellationToken cancellation
    )
    {
        reference.RequireImages();
        other.RequireImages();
        var preprocessing =
            _preprocessing.Resolve(parsed, reference)
            ?? throw new UnsuitableModelException(
                "the network does not say how its images are prepared; give --mean a,b,c and --std a,b,c as in its training"
            );
        var all = LabelledImages.OpenUnlabelled(path, cancellationToken: cancellation);
        var most = Math.Min(parsed.GetValue(_samples), all.Images.Length);
        var images = all.Choose(Enumerable.Range(0, most).Select(place => (int)((long)place * all.Images.Length / most)));
        var options = new ImageBatchOptions { BatchSize = batch };
        var isFixed = (reference.Batch ?? other.Batch) is not null;
        return images
            .ReadBatches(preprocessing with { Layout = LayoutOf(reference) }, options, cancellation)
            .Zip(images.ReadBatches(preprocessing with { Layout = LayoutOf(other) }, options, cancellation))
            .Where(pair => pair.First.Count == batch || (!isFixed && pair.First.Count > 0)) // a fixed batch cannot be filled up
            .Select(pair =>
                (ToTensor(pair.First, preprocessing, LayoutOf(reference)), ToTensor(pair.Second, preprocessing, LayoutOf(other)))
            );
    }

    private static ImageLayout LayoutOf(NetworkContract contract) => ((ImageInput)contract.Input!).Layout;

    private static TensorData ToTensor(ImageBatch batch, Preprocessing preprocessing, ImageLayout layout) =>
        TensorData.Of(
            batch.Tensor.Span,
            layout == ImageLayout.ChannelsLast
                ? [batch.Count, preprocessing.Height, preprocessing.Width, 3]
                : [batch.Count, 3, preprocessing.Height, preprocessing.Width]
        );
}
