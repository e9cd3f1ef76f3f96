using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.FineTuning;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Pretraining.Baselines;
using Tacit.Learning.Pretraining.Methods;
using Tacit.Learning.Quantization;
using Tacit.Learning.Runs;

namespace Tacit.Learning.Tests;

/// <summary>Lists every option of every preset, so that any change is visible. A new option needs a line here.</summary>
public sealed class PresetTests
{
    [Fact]
    public void Quantization()
    {
        AssertTable(
            """
                                           fast              of an encoder  of clips  best  of an encoder  of clips  paper    of an encoder
            bits.weights                   4                 .              .         .     .              .         .        .
            bits.range                     safe              .              .         .     .              .         .        .
            bits.activations               3                 .              .         .     .              .         .        .
            bits.firstAndLast              none              .              .         .     .              .         .        .
            bits.named                     []                .              .         .     .              .         .        .
            bits.float                     []                .              .         .     .              .         .        .
            maxBytes                       none              .              .         .     .              .         .        .
            synthesis.samples              512               .              64        5120  .              .         .        .
            synthesis.batchSize            256               .              .         .     .              .         .        .
            synthesis.steps                200               .              80        500   .              .         1000     .
            synthesis.learningRate         0.2               .              .         .     .              .         0.5      .
            synthesis.schedule             cosine            .              .         .     .              .         plateau  .
            synthesis.inceptionWeight      none              .              .         .     .              .         .        .
            synthesis.difficultyExponent   none              .              .         .     .              .         .        .
            synthesis.memoryLimit          4294967296        .              .         .     .              .         .        .
            synthesis.seed                 7                 .              .         .     .              .         .        .
            allowRounding                  false             .              .         .     .              .         .        .
            alwaysFineTunes                false             .              .         .     .              .         .        .
            fineTuning.steps               300               .              40        8000  .              .         29400    .
            fineTuning.batchSize           32                .              .         64    .              .         256      .
            fineTuning.learningRate        0.001             0.0001         0.001     .     0.0001         0.001     1E-05    .
            fineTuning.schedule            warmUpCosine      .              .         .     .              .         steps    .
            fineTuning.adam                true              .              .         .     .              .         false    .
            fineTuning.warmUp              25                .              .         100   .              .         0        .
            fineTuning.gradientNorm        1                 .              .         .     .              .         none     .
            fineTuning.weightDecay         0                 .              .         .     .              .         0.0001   .
            fineTuning.temperature         20                .              .         .     .              .         .        .
            fineTuning.distillationWeight  20                .              .         .     .              .         .        .
            fineTuning.featureWeight       1000              .              .         .     .              .         .        .
            fineTuning.prototypes          true              .              .         .     .              .         .        .
            fineTuning.regressionWeight    1000              .              .         .     .              .         .        .
            fineTuning.perturbation        0.01              .              .         .     .              .         .        .
            fineTuning.cropArea            1                 .              .         .     .              .         0.5      .
            fineTuning.memoryLimit         4294967296        .              .         .     .              .         .        .
            fineTuning.seed                7                 .              .         .     .              .         .        .
            ranges                         meanSquaredError  .              .         .     .              .         minMax   .
            storage                        int8              .              .         .     .              .         .        .
            heldOut                        0.2               .              .         .     .              .         .        .
            """,
            ("fast", Of(QuantizationPreset.Fast)),
            ("of an encoder", Of(QuantizationPreset.Fast, NetworkTask.Features)),
            ("of clips", Of(QuantizationPreset.Fast, isVideo: true)),
            ("best", Of(QuantizationPreset.Best)),
            ("of an encoder", Of(QuantizationPreset.Best, NetworkTask.Features)),
            ("of clips", Of(QuantizationPreset.Best, isVideo: true)),
            ("paper", Of(QuantizationPreset.Paper)),
            ("of an encoder", Of(QuantizationPreset.Paper, NetworkTask.Features))
        );

        static QuantizationOptions Of(QuantizationPreset preset, NetworkTask task = NetworkTask.Classes, bool isVideo = false) =>
            QuantizationOptions.Of(preset, new BitWidths { Weights = 4, Activations = 3 }, seed: 7, task, isVideo);
    }

    [Fact]
    public void Pretraining() =>
        AssertTable(
            """
                                               tiny                small   paper  byol  simSiam  rspNet
            recipe.name                        ascnet              .       .      byol  simsiam  rspnet
            recipe.appearanceWeight            1                   .       .      -     .        .
            recipe.speedWeight                 1                   .       .      -     .        .
            recipe.positives                   retrieved           .       .      -     .        .
            recipe.neighbours                  1                   .       .      -     .        .
            recipe.galleryCapacity             1024                4096    16384  -     .        .
            recipe.galleryWarmUp               256                 512     1024   -     .        .
            recipe.target                      momentum            .       .      -     .        .
            recipe.hiddenWidth                 256                 512     .      4096  2048     -
            recipe.embeddingWidth              64                  128     .      256   2048     128
            recipe.speedContrastWeight         0                   .       .      -     .        .
            backbone                           r3d-10              r3d-18  .      .     .        .
            width                              0.5                 1       .      .     .        .
            sampling.frames                    8                   .       16     .     .        .
            sampling.speeds                    [1,2]               .       .      .     .        .
            augmentation.size                  64                  96      112    .     .        .
            augmentation.cropArea.low          0.4                 .       .      .     .        .
            augmentation.cropArea.high         1                   .       .      .     .        .
            augmentation.cropAspect.low        0.75                .       .      .     .        .
            augmentation.cropAspect.high       1.3333333333333333  .       .      .     .        .
            augmentation.flipProbability       0.5                 .       .      .     .        .
            augmentation.grayscaleProbability  0.2                 .       .      .     .        .
            augmentation.jitterProbability     1                   .       .      .     .        .
            augmentation.brightness            0.4                 .       .      .     .        .
            augmentation.contrast              0.4                 .       .      .     .        .
            augmentation.saturation            0.4                 .       .      .     .        .
            augmentation.hue                   0.4                 .       .      .     .        .
            augmentation.blurProbability       0                   .       .      .     .        .
            augmentation.blurKernel            3                   .       .      .     .        .
            augmentation.blurSigma.low         1.5                 .       .      .     .        .
            augmentation.blurSigma.high        1.5                 .       .      .     .        .
            augmentation.mean.first            0.485               .       .      .     .        .
            augmentation.mean.second           0.456               .       .      .     .        .
            augmentation.mean.third            0.406               .       .      .     .        .
            augmentation.std.first             0.229               .       .      .     .        .
            augmentation.std.second            0.224               .       .      .     .        .
            augmentation.std.third             0.225               .       .      .     .        .
            targetMomentum.firstMomentum       0.97                0.99    0.996  .     .        0.999
            targetMomentum.lastMomentum        1                   .       .      .     .        0.999
            targetMomentum.copiesStatistics    true                .       .      .     .        .
            optimizer.kind                     adamW               .       sgd    .     .        .
            optimizer.learningRate             0.003               0.0005  0.1    .     .        .
            optimizer.warmUpSteps              0                   .       .      .     .        .
            optimizer.lastFactor               0                   .       0.001  .     .        .
            optimizer.milestones               []                  .       .      .     .        .
            optimizer.momentum                 0.9                 .       .      .     .        .
            optimizer.nesterov                 false               .       .      .     .        .
            optimizer.weightDecay              0.0001              .       .      .     .        .
            optimizer.sparesVectors            none                .       .      .     .        .
            optimizer.beta1                    0.9                 .       .      .     .        .
            optimizer.beta2                    0.999               .       .      .     .        .
            optimizer.trustCoefficient         0.001               .       .      .     .        .
            optimizer.maxGradientNorm          none                .       .      .     .        .
            warmUpShare                        0.05                .       0      .     .        .
            batchSize                          16                  32      64     .     .        .
            accumulation                       1                   .       .      .     .        .
            epochs                             100                 200     .      .     .        .
            precision                          float32             .       .      .     .        .
            monitorInterval                    100                 .       .      .     .        .
            maxUnreadable                      0.05                .       .      .     .        .
            seed                               0                   .       .      .     .        .
            recipe.queueCapacity               -                   .       .      .     .        16384
            recipe.temperature                 -                   .       .      .     .        0.07
            recipe.margin                      -                   .       .      .     .        2
            """,
            ("tiny", PretrainingOptions.Of(PretrainingPreset.Tiny)),
            ("small", PretrainingOptions.Of(PretrainingPreset.Small)),
            ("paper", PretrainingOptions.Of(PretrainingPreset.Paper)),
            ("byol", PretrainingOptions.Of(PretrainingPreset.Paper, new ByolRecipe())),
            ("simSiam", PretrainingOptions.Of(PretrainingPreset.Paper, new SimSiamRecipe())),
            ("rspNet", PretrainingOptions.Of(PretrainingPreset.Paper, new RspNetRecipe()))
        );

    [Fact]
    public void Fine_tuning() =>
        AssertTable(
            """
                                               tiny                paper  c3d    r2plus1d-vcop  s3d-g
            augmentation.size                  112                 .      .      .              .
            augmentation.cropArea.low          0.25                .      .      .              .
            augmentation.cropArea.high         1                   .      .      .              .
            augmentation.cropAspect.low        0.75                .      .      .              .
            augmentation.cropAspect.high       1.3333333333333333  .      .      .              .
            augmentation.flipProbability       0.5                 .      .      .              .
            augmentation.grayscaleProbability  0                   .      .      .              .
            augmentation.jitterProbability     0                   .      .      .              .
            augmentation.brightness            0.4                 .      .      .              .
            augmentation.contrast              0.4                 .      .      .              .
            augmentation.saturation            0.4                 .      .      .              .
            augmentation.hue                   0.4                 .      .      .              .
            augmentation.blurProbability       0                   .      .      .              .
            augmentation.blurKernel            3                   .      .      .              .
            augmentation.blurSigma.low         1.5                 .      .      .              .
            augmentation.blurSigma.high        1.5                 .      .      .              .
            augmentation.mean.first            0.485               .      .      .              .
            augmentation.mean.second           0.456               .      .      .              .
            augmentation.mean.third            0.406               .      .      .              .
            augmentation.std.first             0.229               .      .      .              .
            augmentation.std.second            0.224               .      .      .              .
            augmentation.std.third             0.225               .      .      .              .
            optimizer.kind                     adamW               sgd    .      .              .
            optimizer.learningRate             0.001               0.1    0.005  0.1            0.005
            optimizer.warmUpSteps              0                   .      .      .              .
            optimizer.lastFactor               0                   0.001  .      .              .
            optimizer.milestones               []                  .      .      .              .
            optimizer.momentum                 0.9                 .      .      .              .
            optimizer.nesterov                 false               .      .      .              .
            optimizer.weightDecay              0.0001              .      .      .              .
            optimizer.sparesVectors            none                .      .      .              .
            optimizer.beta1                    0.9                 .      .      .              .
            optimizer.beta2                    0.999               .      .      .              .
            optimizer.trustCoefficient         0.001               .      .      .              .
            optimizer.maxGradientNorm          none                .      .      .              .
            warmUpShare                        0.05                0      .      .              .
            batchSize                          16                  32     20     8              4
            epochs                             30                  .      .      .              50
            validation                         0.2                 .      .      .              .
            validationClips                    3                   .      .      .              .
            fromScratch                        false               .      .      .              .
            maxUnreadable                      0.05                .      .      .              .
            seed                               0                   .      .      .              .
            """,
            ("tiny", VideoFineTuningOptions.Of(FineTuningPreset.Tiny)),
            ("paper", VideoFineTuningOptions.Of(FineTuningPreset.Paper)),
            ("c3d", VideoFineTuningOptions.Of(FineTuningPreset.Paper, "c3d")),
            ("r2plus1d-vcop", VideoFineTuningOptions.Of(FineTuningPreset.Paper, "r2plus1d-vcop")),
            ("s3d-g", VideoFineTuningOptions.Of(FineTuningPreset.Paper, "s3d-g"))
        );

    // A line for each option and a column for each preset. A dot means the same value as in the previous column.
    private static void AssertTable<T>(string expected, params (string Name, T Options)[] presets)
        where T : notnull
    {
        var columns = presets
            .Select(preset => OptionsJson.Flatten(OptionsJson.ToJson(preset.Options)).ToDictionary(option => option.Name, Text))
            .ToList();
        var rows = columns
            .SelectMany(column => column.Keys)
            .Distinct()
            .Select(option => (string[])[option, .. columns.Select(column => column.GetValueOrDefault(option, "-"))])
            .Select(row => row.Select((cell, i) => i > 1 && cell == row[i - 1] ? "." : cell).ToArray())
            .Prepend(["", .. presets.Select(preset => preset.Name)])
            .ToList();
        var widths = Enumerable.Range(0, presets.Length + 1).Select(i => rows.Max(row => row[i].Length)).ToList();

        Assert.Equal(
            expected.ReplaceLineEndings("\n"),
            string.Join('\n', rows.Select(row => string.Join("  ", row.Zip(widths, (cell, width) => cell.PadRight(width))).TrimEnd()))
        );

        static string Text((string Name, System.Text.Json.Nodes.JsonNode? Value) option) =>
            option.Value?.ToJsonString().Trim('"') ?? "none";
    }
}
