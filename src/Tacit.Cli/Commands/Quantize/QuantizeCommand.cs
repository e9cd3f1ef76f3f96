using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Quantize;

/// <summary><c>tacit quantize</c>: quantises a trained network to integers without its training data (HAST).</summary>
/// <remarks>
/// <para>Bits and size:</para>
/// <list type="bullet">
/// <item>-w, -a: the bits of weights and activations, 2 to 8. Default 8</item>
/// <item>--first-last: the bits of the weights of the first and last layer, 2 to 8. Default: as the other layers</item>
/// <item>--bits NAME=N: the bits of single layers or activations; NAME may contain "*". Repeatable</item>
/// <item>--float NAME: layers and other nodes that stay in float; NAME may contain "*". Repeatable</item>
/// <item>--max-bytes: the largest size of the file. Chooses the bits of each layer and packs them</item>
/// <item>--weight-storage: int8 (default) or packed; packed with --max-bytes</item>
/// <item>--weight-range: safe (default; the same results on every processor) or full (needs VNNI on x86 processors)</item>
/// </list>
/// <para>Data and training:</para>
/// <list type="bullet">
/// <item>--preset: fast (default), paper or best, see <see cref="QuantizationPreset"/></item>
/// <item>--samples, --synthesis-steps, --steps: replace the values of the preset. --steps 0 omits fine-tuning</item>
/// <item>--samples-from, --keep-samples: read samples of an earlier run, or write those of this one</item>
/// <item>--calibration: real images or videos, without labels</item>
/// <item>--calibration-images: the largest number of them, 2 to 100,000. Default 1,024, chosen at random</item>
/// <item>--split: the part of these videos, or "all". Default "train" if the set has parts</item>
/// <item>--no-synthesis: uses only --calibration</item>
/// <item>--allow-rounding: rounds a network without batch norms and without images</item>
/// <item>--memory: the memory limit of a training step in GiB, 1 to 4,096. Default 4</item>
/// <item>--task: auto (default), classes, features or maps</item>
/// <item>--seed: 0 to 2³¹ - 1. Default 0</item>
/// <item>--no-hard-samples, --no-prototypes, --no-promotion, --no-feature-alignment: ablations</item>
/// </list>
/// <para>
/// --output is the file; by default the name of MODEL with the bits, such as -w8a8.onnx, in the current folder. --run is the run folder; by
/// default the name of the output with .run. The other options are those of <see cref="RunOptionGroup"/>,
/// <see cref="PreprocessingOptions"/>, <see cref="InputShapeOption"/> and <see cref="VideoSetOptionGroup"/>.
/// </para>
/// <para>
/// Order of the work for a new run: verify that the files exist; load libtorch and check the device; verify that the options do not
/// contradict each other and that the outputs can be written; read the network and its preprocessing; read the calibration data; then
/// <see cref="QuantizeJob.Begin"/>. With --resume, MODEL is omitted and the options come from the run.
/// </para>
/// <para>
/// Exit codes: <see cref="ExitCode.Success"/>, however low the agreement is; <see cref="ExitCode.Usage"/> for contradicting options, an
/// existing output or an existing run; <see cref="ExitCode.BadInput"/> for an unsuitable network or unsuitable data;
/// <see cref="ExitCode.Failed"/> if training fails; <see cref="ExitCode.Interrupted"/>, after which the run can be resumed.
/// </para>
/// </remarks>
internal sealed class QuantizeCommand
{
    private readonly Argument<string?> _model = new("MODEL")
    {
        Description = "A trained network as an ONNX file, best with its batch norms.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly QuantizationOptionSet _quantization = new();
    private readonly CalibrationOptionGroup _calibration = new();
    private readonly Option<string?> _samplesFrom = new("--samples-from")
    {
        Description = "Use the samples in this file instead of synthesising new ones.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _keepSamples = new("--keep-samples")
    {
        Description = "Write the synthesised samples to this file, for --samples-from.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "The file to write. Default: MODEL-w8a8.onnx in the current folder.",
        HelpName = "OUT",
    };
    private readonly Option<string?> _run = new("--run")
    {
        Description = "The run folder, with checkpoints and report.html. Default: the name of the output with .run.",
        HelpName = "FOLDER",
    };
    private readonly Option<string> _task = TaskOption();
    private readonly InputShapeOption _inputShape;
    private readonly PreprocessingOptions _preprocessing;
    private readonly RunOptionGroup _options;
    private readonly CommonOptions _common;

    private QuantizeCommand(Terminal terminal, Command command)
    {
        command.Add(_model);
        foreach (var option in (Option[])[.. _quantization.Frequent, _calibration.Data, _output, _samplesFrom, _keepSamples, _run])
        {
            command.Add(option);
        }

        _options = new RunOptionGroup(terminal, command, hasOutput: true);
        _preprocessing = new PreprocessingOptions(command);
        _inputShape = new InputShapeOption(command);
        foreach (var option in (Option[])[.. _quantization.Others, _calibration.Most, _task])
        {
            command.Add(option);
        }

        _calibration.AddVideos(command);
        _common = new CommonOptions(command);
        command.SetAction(RunAsync);
    }

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams and the clock.</param>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("quantize", "Shrink a trained network without its data.");
        _ = new QuantizeCommand(terminal, command);
        return command;
    }

    /// <summary>Creates the option --task: auto (default), classes, features or maps.</summary>
    public static Option<string> TaskOption() =>
        Choices.Of(
            "--task",
            "What the outputs contain: scores of classes, features, or maps, boxes and any other numbers. auto decides from the file.",
            "auto",
            "classes",
            "features",
            "maps"
        );

    /// <summary>
    /// Returns the task for a value of --task; null for auto, which decides from the metadata and outputs of the network.
    /// </summary>
    /// <param name="word">The value, in any case.</param>
    public static NetworkTask? TaskOf(string word) => Enum.TryParse<NetworkTask>(word, ignoreCase: true, out var task) ? task : null;

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation) =>
        _options.RunAsync(
            parsed,
            _common,
            QuantizeJob.Kind,
            [parsed.GetValue(_model)],
            progress => BeginAsync(parsed, progress, cancellation),
            (run, _) => Task.FromResult(QuantizeJob.Resume(run, _options.Settings(parsed).Force)),
            cancellation
        );

    /// <summary>Verifies the options of a new run, reads the network and the calibration data, and begins the run.</summary>
    private async Task<IRunJob> BeginAsync(ParseResult parsed, IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        var model = Files.Existing(
            parsed.GetValue(_model) ?? throw new UsageException("the network is missing: tacit quantize MODEL"),
            "an ONNX file"
        );
        var settings = _options.Settings(parsed);
        var choices = _quantization.Resolve(parsed);
        var output =
            parsed.GetValue(_output)
            ?? $"{Path.GetFileNameWithoutExtension(model)}-{(choices.MaxBytes is null ? $"w{choices.Bits.Weights}" : "mixed-")}a{choices.Bits.Activations}.onnx";
        var files = new QuantizeFiles
        {
            Model = Path.GetFullPath(model),
            InputShape = _inputShape.Text(parsed),
            Output = Path.GetFullPath(output),
            Force = settings.Force,
            SamplesFrom = parsed.GetValue(_samplesFrom) is { } from ? Path.GetFullPath(Files.Existing(from, "a file of samples")) : null,
            KeepSamples = parsed.GetValue(_keepSamples) is { } keep ? Path.GetFullPath(keep) : null,
            Calibration = _calibration.Path(parsed),
            CalibrationImages = _calibration.MostOf(parsed),
        };
        var device = _options.Device(parsed);
        choices.Check(files);
        Files.CheckOutput(files.Output, files.Force);
        if (files.KeepSamples is { } kept)
        {
            Files.CheckOutput(kept, files.Force);
        }

        var network = UnusedInputs.Remove(OnnxReader.Read(files.Model));
        var inputs = _inputShape.Resolve(parsed, network.Graph.Inputs);
        var contract = NetworkContract.Of(network, inputs);
        var preparation = _preprocessing.ToMetadata(parsed, contract);
        files = files with { Preprocessing = preparation.ToProperties() };
        var images = await _calibration.ReadAsync(
            parsed,
            files.Model,
            contract,
            contract.Input is ClipInput ? preparation : new ModelMetadata { Images = _preprocessing.Resolve(parsed, contract) },
            choices.Seed,
            progress,
            cancellation
        );
        var source = QuantizationSource.Of(network, files.Model, inputs);
        source = source with { Task = TaskOf(parsed.GetValue(_task)!) ?? source.Task };
        var request = new QuantizeRequest
        {
            Files = files,
            Preset = choices.Preset,
            Task = source.Task,
            Options = choices.Resolve(source, hasImages: images is not null),
            Device = device,
        };
        var folder = Path.GetFullPath(parsed.GetValue(_run) ?? Path.ChangeExtension(files.Output, ".run"));
        return QuantizeJob.Begin(request, request.Describe(source), images, folder, settings);
    }
}
