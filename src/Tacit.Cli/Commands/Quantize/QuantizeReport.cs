using System.Globalization;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>Creates the report on a finished quantisation.</summary>
/// <remarks>
/// JSON fields: <c>bytes_before</c> and <c>bytes_after</c> are the sizes of the float and the quantised file; <c>held_out</c> is the number
/// of samples that the first evaluation uses; <c>agreement</c> is the share of them, in percent, with the class of the float network, and
/// <c>agreement_rounding</c> that of plain rounding; for features and maps both are null, and <c>cosine_similarity</c> and
/// <c>cosine_similarity_rounding</c>, -1 to 1, replace them; <c>snr_db</c> is the lowest signal-to-noise ratio of an output in decibels;
/// <c>judgements</c> has one object for each kind of held-out samples, whose <c>outputs</c> lists all outputs; <c>layers</c> lists the bits and the signal-to-noise ratio of each
/// activation, and <c>weights</c> the number and bits of the weights of each layer; <c>saturating</c> lists layers that may saturate
/// without VNNI; <c>seconds</c> is the time of the work without interruptions; <c>remarks</c> are those of <see cref="QuantizeRemarks"/>.
/// </remarks>
/// <param name="host">The run.</param>
/// <param name="source">The float network.</param>
/// <param name="result">The result.</param>
internal sealed class QuantizeReport(RunHost<QuantizeRequest> host, QuantizationSource source, QuantizationResult result)
{
    private const int NoisiestShown = 5;

    private static readonly Dictionary<string, string> LossNames = new(StringComparer.Ordinal)
    {
        ["bns"] = "batch-norm statistics",
        ["hil"] = "hard samples",
        ["loss"] = "total",
        ["features"] = "feature alignment",
        ["gradient"] = "gradient norm",
    };

    private readonly QuantizeRequest _request = host.Request;
    private readonly QuantizationEvaluation _first = result.Evaluations[0];
    private readonly List<string> _remarks = [.. QuantizeRemarks.Of(host.Request, source, result)];

    private bool HasClasses => result.Task == NetworkTask.Classes;

    /// <summary>"the float network's features" or "the float network's outputs".</summary>
    private string FloatOutputs => $"the float network's {(result.Task == NetworkTask.Features ? "features" : "outputs")}";

    private string Model => Path.GetFileName(_request.Files.Model);

    private string Bits => $"weights {WeightBits()}, activations {_request.Options.Bits.Activations}";

    private string Preset => _request.Preset.ToString().ToLowerInvariant();

    /// <summary>Creates the report: size, agreement and remarks, then evaluations, losses, bits, noise, samples and settings.</summary>
    public Report Create() =>
        new(
            Data(),
            [
                Facts(),
                .. _remarks.Select(remark => new Note(remark)),
                new Details(
                    null,
                    result.Task switch
                    {
                        NetworkTask.Features =>
                            "The similarity ranks settings of one network. Only labelled images or videos show how useful the features are (tacit knn, tacit probe).",
                        NetworkTask.Maps =>
                            "The similarity ranks settings of one network. It is not accuracy, which only labelled images can measure.",
                        _ =>
                            "The agreement ranks settings of one network. It is not accuracy, which only labelled images can measure (tacit evaluate).",
                    }
                ),
                .. Sections(),
            ]
        )
        {
            Title = $"{Model}, bits: {Bits}",
        };

    private FactList Facts()
    {
        var ratio = (double)result.BytesBefore / Math.Max(1, result.BytesAfter);
        var simulation = Likeness(_first.SimulationVersusRuntime);
        return new FactList()
            .Add("output", Files.Shown(host.Output))
            .Add(
                "size",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Format.Bytes(result.BytesBefore)} -> {Format.Bytes(result.BytesAfter)} ({ratio:0.0} times smaller)"
                ),
                Format.Bytes(result.BytesAfter)
            )
            .Add("bits", Bits)
            .Add(result.Evaluations.SelectMany(OfEvaluation))
            .Add(
                "simulation",
                HasClasses
                    ? $"{simulation} of the simulation's classes are ONNX Runtime's"
                    : $"{simulation} is the cosine of the simulation's {(result.Task == NetworkTask.Features ? "features" : "outputs")} to ONNX Runtime's",
                simulation
            )
            .Add("noisiest", Noisiest());
    }

    /// <summary>Describes an evaluation in two facts: the agreement or similarity, and the signal-to-noise ratio of the output.</summary>
    private IEnumerable<Fact> OfEvaluation(QuantizationEvaluation evaluation)
    {
        var likeness = Likeness(evaluation.Agreement);
        var zeroShot = evaluation.ZeroShot is { } share ? $", synthetic samples alone: {Likeness(share)}" : "";
        var rounding = $"(plain rounding: {Likeness(evaluation.Rounding)}{zeroShot})";
        var isFirst = evaluation == _first;
        yield return HasClasses
            ? new Fact(
                "agreement",
                $"{likeness} of {evaluation.Count} held-out {evaluation.On} get the float network's class {rounding}",
                isFirst ? likeness : null
            )
            : new Fact(
                "similarity",
                $"{likeness} is the cosine to {FloatOutputs}, on average over {evaluation.Count} held-out {evaluation.On} {rounding}",
                isFirst ? likeness : null
            );
        var decibels = Format.Decibels(evaluation.Decibels);
        yield return new Fact(
            "output SNR",
            evaluation.Outputs is [_]
                ? $"{decibels} against the float network, on the same {evaluation.On}"
                : $"{decibels} or more in each of {evaluation.Outputs.Length} outputs against the float network, on the same {evaluation.On}",
            isFirst ? decibels : null
        );
    }

    /// <summary>Names the five activations with the lowest signal-to-noise ratio; null if no activation is quantised.</summary>
    private string? Noisiest() =>
        result.Activations.IsEmpty
            ? null
            : string.Join(
                ", ",
                result
                    .Activations.OrderBy(activation => activation.Decibels)
                    .Take(NoisiestShown)
                    .Select(activation => $"{activation.Value} {Format.Decibels(activation.Decibels)}")
            );

    /// <summary>Creates the sections of the page. Those without content, such as losses without training, are omitted.</summary>
    private IEnumerable<Details> Sections()
    {
        if (result.Evaluations is not [{ ZeroShot: null }])
        {
            yield return new Details(
                HasClasses ? "Agreement with the float network" : $"Cosine similarity to {FloatOutputs}",
                "The column zero-shot is the result with synthetic samples alone. Simulation compares the trained simulation with ONNX Runtime.",
                Evaluations()
            );
        }

        if (_first.Outputs.Length > 1)
        {
            var judged = result.Evaluations[^1];
            yield return new Details("Outputs", $"On {judged.Count} held-out {judged.On}, against the float network.", Outputs());
        }

        if (host.Metrics.Length > 0)
        {
            yield return new Details(
                "Losses",
                null,
                new Chart("Synthesis of samples", Curves(HardSampleSynthesis.Stage)),
                new Chart("Fine-tuning", Curves(HastFineTuning.Stage))
            );
        }

        if (result.Layers.Select(layer => layer.Bits).Distinct().Count() > 1)
        {
            yield return new Details(
                "Weights",
                null,
                new BarChart(
                    "Bits of the weights of each layer",
                    [
                        .. result.Layers.Select(layer => new Bar(
                            $"{layer.Layer}, {Format.Short(layer.Weights)}",
                            layer.Bits,
                            $"{layer.Bits} bits"
                        )),
                    ]
                )
            );
        }

        if (!result.Activations.IsEmpty)
        {
            yield return new Details(
                "Activations",
                null,
                new BarChart(
                    "Signal over quantisation noise of each activation",
                    [
                        .. result.Activations.Select(noise => new Bar(
                            $"{noise.Bits} bits  {noise.Value}",
                            noise.Decibels,
                            Format.Decibels(noise.Decibels)
                        )),
                    ]
                )
            );
        }

        if (
            result.Samples is { } samples
            && SamplePictures.Of(samples, result.Confidences, source.Contract) is { Shown.Count: > 0 } pictures
        )
        {
            yield return new Details(
                result.Task == NetworkTask.Maps ? "Samples" : "Hard samples",
                result.Task switch
                {
                    NetworkTask.Features =>
                        "Synthesised from the network itself. The caption names the prototype whose features each was made to have.",
                    NetworkTask.Maps => "Synthesised from the batch-norm statistics of the network.",
                    _ =>
                        "Synthesised from the network itself. The caption names the class that each was made for and the float network's confidence in it.",
                },
                pictures
            );
        }

        yield return new Details("Settings", null, new FactList([.. QuantizeSettings.Of(_request, source, result)]));
    }

    /// <summary>Creates the table with a row for each kind of held-out samples.</summary>
    private ReportTable Evaluations() =>
        new(
            ["on held-out", .. Column.Numbers("count", "this network", "output SNR", "zero-shot", "plain rounding", "simulation")],
            result.Evaluations.Select(evaluation =>
                new[]
                {
                    evaluation.On,
                    Format.Count(evaluation.Count),
                    Likeness(evaluation.Agreement),
                    Format.Decibels(evaluation.Decibels),
                    evaluation.ZeroShot is { } zeroShot ? Likeness(zeroShot) : "–",
                    Likeness(evaluation.Rounding),
                    Likeness(evaluation.SimulationVersusRuntime),
                }
            )
        );

    /// <summary>Creates the table with a row for each output.</summary>
    private ReportTable Outputs() =>
        new(
            ["output", .. Column.Numbers("SNR", "cosine", "largest difference", "largest value")],
            result
                .Evaluations[^1]
                .Outputs.Select(output =>
                    new[]
                    {
                        output.Name,
                        Format.Decibels(output.Decibels),
                        Format.Cosine(output.Cosine),
                        Format.Number(output.LargestDifference),
                        Format.Number(output.LargestValue),
                    }
                )
        );

    /// <summary>Returns the curves of a stage with readable names.</summary>
    private List<Curve> Curves(string stage) =>
        [
            .. MetricCurve
                .Of(host.Metrics)
                .Where(curve => curve.Stage == stage)
                .Select(curve => new Curve(LossNames.GetValueOrDefault(curve.Metric, curve.Metric), curve.Points)),
        ];

    /// <summary>Describes the bits of weights: "4", "8 (7 used)" in the safe range, or "2 to 8 (3.1 on average)".</summary>
    private string WeightBits()
    {
        var (asked, layers) = (_request.Options.Bits.Weights, result.Layers);
        if (asked == 8 && layers.All(layer => layer.Bits == 7))
        {
            return "8 (7 used)";
        }

        var (fewest, most) = (layers.Min(layer => layer.Bits), layers.Max(layer => layer.Bits));
        var mean = layers.Sum(layer => (double)layer.Weights * layer.Bits) / Math.Max(1, layers.Sum(layer => layer.Weights));
        return fewest == most ? $"{fewest}" : string.Create(CultureInfo.InvariantCulture, $"{fewest} to {most} ({mean:0.0} on average)");
    }

    /// <summary>Formats an agreement (0 to 1) as "98.44 %", or a cosine similarity as "0.9844".</summary>
    private string Likeness(double value) => HasClasses ? Format.Percent(100 * value) : Format.Cosine(value);

    /// <summary>Returns the JSON object. Agreements are in percent, cosine similarities from -1 to 1, sizes in bytes.</summary>
    private object Data() =>
        new
        {
            output = host.Output,
            task = result.Task.ToString().ToLowerInvariant(),
            report = host.Report,
            run = host.Folder,
            bits = new { weights = WeightBits(), activations = _request.Options.Bits.Activations },
            preset = Preset,
            seed = (long)_request.Seed(),
            samples = result.Samples?.Count ?? 0,
            calibration = _request.Files.Calibration,
            bytes_before = result.BytesBefore,
            bytes_after = result.BytesAfter,
            held_out = _first.Count,
            agreement = Agreement(_first.Agreement),
            agreement_rounding = Agreement(_first.Rounding),
            cosine_similarity = Cosine(_first.Agreement),
            cosine_similarity_rounding = Cosine(_first.Rounding),
            snr_db = _first.Decibels,
            simulation_vs_runtime = Agreement(_first.SimulationVersusRuntime) ?? _first.SimulationVersusRuntime,
            judgements = result.Evaluations.Select(evaluation => new
            {
                on = evaluation.On,
                count = evaluation.Count,
                agreement = Agreement(evaluation.Agreement),
                cosine_similarity = Cosine(evaluation.Agreement),
                snr_db = evaluation.Decibels,
                simulation_snr_db = evaluation.SimulationDecibels,
                outputs = evaluation.Outputs.Select(output => new
                {
                    name = output.Name,
                    snr_db = output.Decibels,
                    cosine_similarity = output.Cosine,
                    largest_difference = output.LargestDifference,
                    largest_value = output.LargestValue,
                }),
                rounding = Agreement(evaluation.Rounding) ?? evaluation.Rounding,
                zero_shot = Agreement(evaluation.ZeroShot) ?? evaluation.ZeroShot,
                simulation_vs_runtime = Agreement(evaluation.SimulationVersusRuntime) ?? evaluation.SimulationVersusRuntime,
            }),
            seconds = host.Elapsed.TotalSeconds,
            layers = result.Activations.Select(noise => new
            {
                name = noise.Value,
                bits = noise.Bits,
                snr_db = noise.Decibels,
            }),
            weights = result.Layers.Select(layer => new
            {
                layer = layer.Layer,
                count = layer.Weights,
                bits = layer.Bits,
            }),
            kernels = result.Kernels.Counts.ToDictionary(kernel => kernel.Key, kernel => kernel.Value),
            saturating = result.Kernels.Saturating.Select(bound => bound.Layer),
            largest_pair = result.Kernels.LargestPair,
            processor = IntegerInstructions.Name,
            remarks = _remarks,
        };

    /// <summary>Converts a share to percent; null if the outputs are not classes.</summary>
    private double? Agreement(double? share) => HasClasses ? 100 * share : null;

    /// <summary>Returns a cosine similarity; null if the outputs are classes.</summary>
    private double? Cosine(double likeness) => HasClasses ? null : likeness;
}
