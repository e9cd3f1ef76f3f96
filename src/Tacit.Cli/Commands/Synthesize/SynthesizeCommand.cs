using System.CommandLine;
using Tacit.Cli.Commands.Quantize;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Learning.Quantization;
using Tacit.Learning.Runs;
using TorchSharp;

namespace Tacit.Cli.Commands.Synthesize;

/// <summary><c>tacit synthesize</c>: synthesises hard samples from a network, the first stage of zero-shot quantisation.</summary>
/// <remarks>
/// <para>Arguments and options:</para>
/// <list type="bullet">
/// <item>MODEL: an ONNX file of a network with its batch norms</item>
/// <item>--preset: fast (default), paper or best, see <see cref="QuantizationPreset"/></item>
/// <item>--samples: the number of samples, 2 to 1,000,000. Default: that of the preset</item>
/// <item>--synthesis-steps: the steps for each batch, 1 to 10,000,000. Default: those of the preset</item>
/// <item>--no-hard-samples: uses only the batch-norm statistics, as an ablation</item>
/// <item>--task: auto (default), classes, features or maps</item>
/// <item>--seed: 0 to 2³¹ - 1. Default 0</item>
/// <item>--device: cpu (default) or cuda[:N]</item>
/// <item>--output: the folder. Default: the name of MODEL with -samples, in the current folder</item>
/// <item>--force: overwrites samples in the folder</item>
/// <item>the options of <see cref="PreprocessingOptions"/> and <see cref="InputShapeOption"/></item>
/// </list>
/// <para>
/// Order of the work: verify that MODEL exists and the folder can be written; load libtorch and check the device; read the network;
/// synthesise; write <c>samples.safetensors</c>, which --samples-from of <c>tacit quantize</c> reads, and one PNG file for each sample.
/// Samples with other than 1 or 3 channels get no PNG files. The work keeps no checkpoints: it cannot be resumed.
/// </para>
/// <para>
/// JSON fields: <c>output</c> and <c>samples_file</c> (full paths), <c>samples</c>, <c>images</c> (the number of PNG files), <c>seed</c>
/// and <c>seconds</c>.
/// </para>
/// <para>
/// Exit codes: <see cref="ExitCode.Success"/>; <see cref="ExitCode.Usage"/> for an existing sample set, or a file in place of the folder;
/// <see cref="ExitCode.BadInput"/> for a network without batch norms or with unsupported operators; <see cref="ExitCode.Interrupted"/>.
/// </para>
/// </remarks>
internal sealed class SynthesizeCommand
{
    private const string SetName = "samples.safetensors";

    private readonly Terminal _terminal;
    private readonly Argument<string> _model = new("MODEL") { Description = "A trained network as an ONNX file, with its batch norms." };
    private readonly Option<string> _preset = Choices.Of("--preset", "The number of samples and steps.", "fast", "paper", "best");
    private readonly Option<int?> _samples = Numbers.OptionalInteger(
        "--samples",
        2,
        1_000_000,
        "Number of samples to synthesise. [default: from the preset]"
    );
    private readonly Option<int?> _steps = Numbers.OptionalInteger(
        "--synthesis-steps",
        1,
        10_000_000,
        "Steps of synthesis for each batch. [default: from the preset]"
    );
    private readonly Option<int> _seed = Numbers.Integer("--seed", [], 0, int.MaxValue, 0, "Seed of all random numbers.");
    private readonly Option<bool> _noHardSamples = new("--no-hard-samples")
    {
        Description = "Ablation: synthesise with the batch-norm statistics only.",
    };
    private readonly Option<string> _task = QuantizeCommand.TaskOption();
    private readonly Option<string> _device = Devices.Option();
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = $"The folder for PNG files and the sample set {SetName}. Default: MODEL-samples in the current folder.",
        HelpName = "FOLDER",
    };

    private readonly Option<bool> _force = new("--force") { Description = "Overwrite samples in the folder." };
    private readonly InputShapeOption _inputShape;
    private readonly PreprocessingOptions _preprocessing;
    private readonly CommonOptions _common;

    private SynthesizeCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_model);
        foreach (var option in new Option[] { _samples, _seed, _output, _force, _preset, _steps, _task, _noHardSamples, _device })
        {
            command.Add(option);
        }

        _preprocessing = new PreprocessingOptions(command);
        _inputShape = new InputShapeOption(command);
        _common = new CommonOptions(command);
        command.SetAction(RunAsync);
    }

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams and the clock.</param>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("synthesize", "Synthesise hard samples from a network, as images and as a sample set for quantize.");
        _ = new SynthesizeCommand(terminal, command);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var model = Files.Existing(parsed.GetValue(_model)!, "an ONNX file");
        var folder = parsed.GetValue(_output) ?? $"{Path.GetFileNameWithoutExtension(model)}-samples";
        if (File.Exists(folder))
        {
            throw new UsageException($"{folder} is a file; choose a folder");
        }

        var set = Path.Combine(folder, SetName);
        Files.CheckOutput(set, parsed.GetValue(_force));
        var choices = new QuantizeChoices
        {
            Preset = Enum.Parse<QuantizationPreset>(parsed.GetValue(_preset)!, ignoreCase: true),
            Seed = (ulong)parsed.GetValue(_seed),
            Samples = parsed.GetValue(_samples),
            SynthesisSteps = parsed.GetValue(_steps),
            HardSamples = !parsed.GetValue(_noHardSamples),
        };
        var device = torch.device(Devices.Check(parsed.GetValue(_device)!, _terminal));
        var network = OnnxReader.Read(model);
        var source = QuantizationSource.Of(network, model, _inputShape.Resolve(parsed, network.Graph.Inputs));
        source = source with { Task = QuantizeCommand.TaskOf(parsed.GetValue(_task)!) ?? source.Task };
        var prepared = NetworkContract.Of(_preprocessing.ToMetadata(parsed, source.Contract).WriteTo(source.Model));
        var started = _terminal.Time.GetTimestamp();
        var samples = await ProgressDisplay.RunAsync(_terminal, progress => Synthesize(choices, source, device, progress, cancellation));
        samples.Save(set);
        var images = WritePictures(samples, folder, prepared);
        var seconds = _terminal.Time.GetElapsedTime(started).TotalSeconds;
        var facts = new FactList()
            .Add("samples", $"{samples.Count} in {set}")
            .Add(
                "images",
                images > 0
                    ? $"{images} PNG files in {folder}{(prepared.Input is ClipInput ? ", some frames of each clip side by side" : "")}"
                    : "none: the samples are not pictures"
            )
            .Add("time", Format.Time(TimeSpan.FromSeconds(seconds)));
        _common.Show(
            parsed,
            _terminal,
            new Report(
                new
                {
                    output = Path.GetFullPath(folder),
                    samples_file = Path.GetFullPath(set),
                    samples = samples.Count,
                    images,
                    seed = choices.Seed,
                    seconds,
                },
                facts
            )
        );
        return ExitCode.Success;
    }

    /// <summary>Runs the first stage of the quantisation. Its state is kept in memory, so a stopped synthesis is lost.</summary>
    private static SyntheticSet Synthesize(
        QuantizeChoices choices,
        QuantizationSource source,
        torch.Device device,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    )
    {
        var relay = new Relay<TrainingProgress>(value =>
            progress.Report(
                new StageProgress(value.Stage, value.Step, value.Steps, [.. value.Losses.Select(loss => new Measure(loss.Key, loss.Value))])
            )
        );
        return new ZeroShotQuantization(choices.Resolve(source)).Synthesize(source, device, new MemoryCheckpoints(), relay, cancellation);
    }

    /// <summary>Writes one PNG file for each sample.</summary>
    /// <returns>The number of files; 0 if samples do not have 1 or 3 channels.</returns>
    private static int WritePictures(SyntheticSet samples, string folder, NetworkContract contract)
    {
        if (SamplePictures.Painter(samples, contract) is not { } paint)
        {
            return 0;
        }

        for (var sample = 0; sample < samples.Count; sample++)
        {
            File.WriteAllBytes(Path.Combine(folder, SamplePictures.FileName(samples, sample)), ImageEncoder.ToPng(paint(sample)));
        }

        return samples.Count;
    }
}
