using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;
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
/// <item>--task: auto (default), classifier or encoder</item>
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
        Description = "A trained classifier or encoder as an ONNX file, with its batch norms.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<int> _weights = BitsOption("--weight-bits", "-w", "Bits of weights, 2 to 8.");
    private readonly Option<int> _activations = BitsOption("--activation-bits", "-a", "Bits of activations, 2 to 8.");
    private readonly Option<int?> _firstLast = Numbers.OptionalInteger(
        "--first-last",
        Quantizer.FewestBits,
        Quantizer.MostBits,
        "Bits of the weights of the first and the last layer. [default: as the other layers]"
    );
    private readonly Option<NamedBits[]> _bits = NamedBitsOption();
    private readonly Option<long?> _maxBytes = Numbers.OptionalBytes(
        "--max-bytes",
        "Choose the bits of each layer's weights so that the file has at most this size, such as 250k or 1.5M."
    );
    private readonly Option<string?> _calibration = new("--calibration")
    {
        Description =
            "A folder or ZIP file of images like those that the network will process, or videos as for pretrain. Labels are not needed.",
        HelpName = "DATA",
    };
    private readonly Option<int> _calibrationImages = Numbers.Integer(
        "--calibration-images",
        [],
        2,
        100_000,
        1024,
        "Largest number of images or clips of --calibration to use. If there are more, they are chosen at random."
    );
    private readonly Option<string?> _split = new("--split")
    {
        Description = "The part of the videos of --calibration to use, or all. [default: train if the set has parts]",
        HelpName = "PART",
    };
    private readonly VideoSetOptionGroup _videos;
    private readonly ImmutableArray<Option> _forVideos;
    private readonly Option<bool> _noSynthesis = new("--no-synthesis") { Description = "Use only the images or clips of --calibration." };
    private readonly Option<bool> _allowRounding = new("--allow-rounding")
    {
        Description = "Quantise a network without batch norms by plain rounding, without images. The accuracy may be poor.",
    };
    private readonly Option<int> _memory = Numbers.Integer(
        "--memory",
        [],
        1,
        4096,
        4,
        "Memory limit of a training step in GiB. Batches are made smaller to fit."
    );
    private readonly Option<string> _preset = Choices.Of(
        "--preset",
        "fast: minutes on two cores; paper: the published recipe and budget; best: the longest.",
        "fast",
        "paper",
        "best"
    );
    private readonly Option<int?> _samples = Numbers.OptionalInteger(
        "--samples",
        2,
        1_000_000,
        "Number of samples to synthesise. [default: from the preset]"
    );
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
    private readonly Option<int> _seed = Numbers.Integer("--seed", [], 0, int.MaxValue, 0, "Seed of all random numbers.");
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
    private readonly Option<string> _storage = Choices.Of(
        "--weight-storage",
        "int8 stores each weight in a byte; packed stores only its bits.",
        "int8",
        "packed"
    );
    private readonly Option<string> _range = Choices.Of(
        "--weight-range",
        "safe gives the same results on every processor; full uses all 8 bits of the weights and needs a processor with VNNI.",
        "safe",
        "full"
    );
    private readonly Option<int?> _steps = Numbers.OptionalInteger(
        "--steps",
        0,
        10_000_000,
        "Steps of fine-tuning. [default: from the preset]"
    );
    private readonly Option<int?> _synthesisSteps = Numbers.OptionalInteger(
        "--synthesis-steps",
        1,
        10_000_000,
        "Steps of synthesis for each batch. [default: from the preset]"
    );
    private readonly Option<bool> _noHardSamples = new("--no-hard-samples")
    {
        Description = "Ablation: synthesise with the batch-norm statistics only.",
    };
    private readonly Option<bool> _noPrototypes = new("--no-prototypes")
    {
        Description = "Ablation: distil an encoder with its features only, without prototypes.",
    };
    private readonly Option<string> _task = TaskOption();
    private readonly Option<bool> _noPromotion = new("--no-promotion")
    {
        Description = "Ablation: no sample difficulty promotion in fine-tuning.",
    };
    private readonly Option<bool> _noFeatureAlignment = new("--no-feature-alignment") { Description = "Ablation: no feature alignment." };
    private readonly InputShapeOption _inputShape;
    private readonly PreprocessingOptions _preprocessing;
    private readonly RunOptionGroup _options;
    private readonly CommonOptions _common;

    private QuantizeCommand(Terminal terminal, Command command)
    {
        command.Add(_model);
        foreach (
            var option in new Option[]
            {
                _weights,
                _activations,
                _maxBytes,
                _calibration,
                _preset,
                _output,
                _samples,
                _samplesFrom,
                _keepSamples,
                _seed,
                _run,
            }
        )
        {
            command.Add(option);
        }

        _options = new RunOptionGroup(terminal, command, hasOutput: true);
        _preprocessing = new PreprocessingOptions(command);
        _inputShape = new InputShapeOption(command);
        foreach (
            var option in new Option[]
            {
                _bits,
                _firstLast,
                _storage,
                _range,
                _steps,
                _synthesisSteps,
                _calibrationImages,
                _noSynthesis,
                _allowRounding,
                _memory,
                _task,
                _noHardSamples,
                _noPrototypes,
                _noPromotion,
                _noFeatureAlignment,
            }
        )
        {
            command.Add(option);
        }

        var before = command.Options.Count;
        command.Add(_split);
        _videos = new VideoSetOptionGroup(command, _calibration);
        _forVideos = [.. command.Options.Skip(before)];
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

    /// <summary>Creates the option --task: auto (default), classifier or encoder.</summary>
    public static Option<string> TaskOption() =>
        Choices.Of("--task", "What the output contains: classes or features. auto decides from the file.", "auto", "classifier", "encoder");

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
        var choices = ChoicesOf(parsed);
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
            Calibration = parsed.GetValue(_calibration) is { } folderOfImages ? Path.GetFullPath(folderOfImages) : null,
            CalibrationImages = IsGiven(_calibration) || IsGiven(_calibrationImages) ? parsed.GetValue(_calibrationImages) : null,
        };
        var device = _options.Device(parsed);
        choices.Check(files);
        Files.CheckOutput(files.Output, files.Force);
        if (files.KeepSamples is { } kept)
        {
            Files.CheckOutput(kept, files.Force);
        }

        var network = OnnxReader.Read(files.Model);
        var inputs = _inputShape.Resolve(parsed, network.Graph);
        var contract = NetworkContract.Of(network, inputs);
        var preparation = _preprocessing.ToMetadata(parsed, contract);
        files = files with { Preprocessing = preparation.ToProperties() };
        var images =
            files.Calibration is null ? null
            : contract.Input is ClipInput
                ? await ReadClipsAsync(parsed, files, files.Calibration, choices.Seed, preparation.Clips, progress, cancellation)
            : ReadImages(files, files.Calibration, choices.Seed, _preprocessing.Resolve(parsed, contract), cancellation);
        if ((contract.Input is not ClipInput || images is null) && _forVideos.FirstOrDefault(IsGiven) is { } unused)
        {
            throw new UsageException(
                $"{unused.Name} says which videos of --calibration are used{(images is null ? "" : $"; {model} takes images")}"
            );
        }

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

        bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };
    }

    /// <summary>Returns the values of the options. With --max-bytes, weights are packed unless --weight-storage is given.</summary>
    private QuantizeChoices ChoicesOf(ParseResult parsed) =>
        new()
        {
            Preset = Enum.Parse<QuantizationPreset>(parsed.GetValue(_preset)!, ignoreCase: true),
            Bits = new BitWidths
            {
                Weights = parsed.GetValue(_weights),
                Range = Enum.Parse<WeightRange>(parsed.GetValue(_range)!, ignoreCase: true),
                Activations = parsed.GetValue(_activations),
                FirstAndLast = parsed.GetValue(_firstLast),
                Named = [.. parsed.GetValue(_bits) ?? []],
            },
            MaxBytes = parsed.GetValue(_maxBytes),
            ChoosesWeightBits = parsed.GetResult(_weights) is { Implicit: false },
            Storage =
                parsed.GetValue(_maxBytes) is not null && parsed.GetResult(_storage) is not { Implicit: false }
                    ? WeightStorage.Packed
                    : Enum.Parse<WeightStorage>(parsed.GetValue(_storage)!, ignoreCase: true),
            Seed = (ulong)parsed.GetValue(_seed),
            Samples = parsed.GetValue(_samples),
            SynthesisSteps = parsed.GetValue(_synthesisSteps),
            Steps = parsed.GetValue(_steps),
            Prototypes = !parsed.GetValue(_noPrototypes),
            HardSamples = !parsed.GetValue(_noHardSamples),
            Promotion = !parsed.GetValue(_noPromotion),
            FeatureAlignment = !parsed.GetValue(_noFeatureAlignment),
            Synthesizes = !parsed.GetValue(_noSynthesis),
            AllowRounding = parsed.GetValue(_allowRounding),
            MemoryLimit = (long)parsed.GetValue(_memory) << 30,
        };

    /// <summary>Reads and prepares images of --calibration, at most as many as requested, chosen at random with the seed.</summary>
    private static CalibrationData ReadImages(
        QuantizeFiles files,
        string path,
        ulong seed,
        Preprocessing? preprocessing,
        CancellationToken cancellation
    )
    {
        try
        {
            return CalibrationData.Read(
                path,
                preprocessing ?? throw Unprepared(files, "images"),
                files.CalibrationImages!.Value,
                seed,
                cancellation
            );
        }
        catch (InvalidDatasetException exception)
        {
            throw new InvalidDatasetException($"{exception.Message}; the network takes images (--calibration)", exception) { Path = path };
        }
    }

    /// <summary>Reads and prepares clips of --calibration from the selected part of the set, chosen at random with the seed.</summary>
    private async Task<CalibrationData> ReadClipsAsync(
        ParseResult parsed,
        QuantizeFiles files,
        string path,
        ulong seed,
        ClipPreprocessing? preprocessing,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    )
    {
        var clip = preprocessing ?? throw Unprepared(files, "clips");
        try
        {
            var set = _videos.Read(parsed, cancellation);
            if (SetPart.Of(set.Items.Select(item => item.Split), parsed.GetValue(_split), SetPart.Train, path) is { } part)
            {
                set = set.Choose(item => item.Split == part);
            }

            return await CalibrationClips.ReadAsync(
                set,
                clip,
                files.CalibrationImages!.Value,
                seed,
                VideoSetOptionGroup.Translate(progress),
                cancellation
            );
        }
        catch (InvalidDatasetException exception)
        {
            throw new InvalidDatasetException($"{exception.Message}; the network takes clips of videos (--calibration)", exception)
            {
                Path = path,
            };
        }
    }

    /// <summary>Creates an option for a number of bits, 2 to 8. Default 8.</summary>
    private static Option<int> BitsOption(string name, string alias, string description) =>
        Numbers.Integer(name, [alias], Quantizer.FewestBits, Quantizer.MostBits, 8, description);

    /// <summary>Creates the error for a network whose file does not state its preprocessing.</summary>
    private static UnsuitableModelException Unprepared(QuantizeFiles files, string kind) =>
        new($"{files.Model} does not say how its {kind} are prepared; give --mean a,b,c and --std a,b,c as in its training")
        {
            Path = files.Model,
        };

    /// <summary>
    /// Creates the option --bits: a name or pattern, "=", and 2 to 8. The last "=" separates them, because names may contain it.
    /// </summary>
    private static Option<NamedBits[]> NamedBitsOption() =>
        new("--bits")
        {
            Description = "Bits of the weights or activations of single layers, such as conv1=8 or layer3.*=3. Can be repeated.",
            HelpName = "NAME=N",
            CustomParser = result =>
                [
                    .. result.Tokens.Select(token =>
                    {
                        var (name, number) = token.Value.LastIndexOf('=') is var at and > 0
                            ? (token.Value[..at], token.Value[(at + 1)..])
                            : ("", "");
                        if (
                            int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
                            && bits is >= Quantizer.FewestBits and <= Quantizer.MostBits
                        )
                        {
                            return new NamedBits(name, bits);
                        }

                        result.AddError($"--bits takes the name of a layer or activation and 2 to 8 bits, as conv1=8, not {token.Value}");
                        return new NamedBits(token.Value, 8);
                    }),
                ],
        };
}
