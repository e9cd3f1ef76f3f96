using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Lists published networks on images.</summary>
/// <remarks>
/// The numbers of parameters and multiply-accumulates are those of torchvision's models, or of the paper for networks that torchvision does
/// not have. They agree with published figures, for example 4.2 M parameters and 569 M multiply-accumulates for MobileNet, and 0.27 M
/// parameters for ResNet-20 on CIFAR-10.
/// </remarks>
/// <example>
/// <code>
/// Model network = Zoo.Find("resnet20-cifar")!.Build(classes: 10, seed: 1);
/// </code>
/// </example>
public static class Zoo
{
    /// <summary>All networks, grouped by family.</summary>
    public static IReadOnlyList<ZooNetwork> All { get; } =
    [
        Cifar(20, ShortcutKind.Padding, 269_722, 40_551_040),
        Cifar(32, ShortcutKind.Padding, 464_154, 68_862_592),
        Cifar(44, ShortcutKind.Padding, 658_586, 97_174_144),
        Cifar(56, ShortcutKind.Padding, 853_018, 125_485_696),
        Cifar(110, ShortcutKind.Padding, 1_727_962, 252_887_680),
        Cifar(20, ShortcutKind.Projection, 272_474, 40_813_184),
        Cifar(32, ShortcutKind.Projection, 466_906, 69_124_736),
        Cifar(44, ShortcutKind.Projection, 661_338, 97_436_288),
        Cifar(56, ShortcutKind.Projection, 855_770, 125_747_840),
        Cifar(110, ShortcutKind.Projection, 1_730_714, 253_149_824),
        Residual(18, 11_689_512, 1_814_073_344),
        Residual(34, 21_797_672, 3_663_761_408),
        Residual(50, 25_557_032, 4_089_184_256),
        Of("mobilenetv1", "Howard et al. 2017, MobileNets", 4_231_976, 568_740_352, MobileNetV1.Build),
        Of("mobilenetv2", "Sandler et al. 2018, MobileNetV2", 3_504_872, 300_774_272, MobileNetV2.Build),
        Mobile3(MobileNetV3Size.Small, 2_542_856, 56_510_400),
        Mobile3(MobileNetV3Size.Large, 5_483_032, 216_589_760),
        VeryDeep(11, 132_868_840, 7_609_090_048),
        VeryDeep(13, 133_053_736, 11_308_466_176),
        VeryDeep(16, 138_365_992, 15_470_264_320),
        VeryDeep(19, 143_678_248, 19_632_062_464),
        Of("densenet121", "Huang et al. 2017, Densely Connected Convolutional Networks", 7_978_856, 2_834_161_664, DenseNet.Build),
        Of("efficientnet-b0", "Tan and Le 2019, EfficientNet", 5_288_548, 385_814_752, EfficientNet.Build),
        Shuffle("x0.5", ShuffleNetV2Width.Half, 1_366_792, 40_476_448),
        Shuffle("x1.0", ShuffleNetV2Width.Full, 2_278_604, 144_907_992),
        Reg("400mf", RegNetXSize.Mega400, 5_495_976, 413_812_608),
        Reg("600mf", RegNetXSize.Mega600, 6_196_040, 600_890_112),
        Reg("800mf", RegNetXSize.Mega800, 7_259_656, 799_699_712),
    ];

    /// <summary>Returns the network of a name (case-sensitive); null if there is none.</summary>
    public static ZooNetwork? Find(string name) => All.FirstOrDefault(network => network.Name == name);

    private static ZooNetwork Cifar(int depth, ShortcutKind shortcut, long parameters, long multiplyAccumulates) =>
        new((classes, size, seed) => ResNetCifar.Build(depth, classes, shortcut: shortcut, seed: seed, size: size))
        {
            Name = $"resnet{depth}-cifar{(shortcut == ShortcutKind.Projection ? "-projection" : "")}",
            Paper = "He et al. 2016, Deep Residual Learning for Image Recognition, section 4.2",
            Classes = 10,
            Size = 32,
            Parameters = parameters,
            MultiplyAccumulates = multiplyAccumulates,
        };

    private static ZooNetwork Residual(int depth, long parameters, long multiplyAccumulates) =>
        Of(
            $"resnet{depth}",
            "He et al. 2016, Deep Residual Learning for Image Recognition, table 1",
            parameters,
            multiplyAccumulates,
            (classes, size, seed) => ResNet.Build(depth, classes, size, seed)
        );

    private static ZooNetwork Mobile3(MobileNetV3Size form, long parameters, long multiplyAccumulates) =>
        Of(
            form == MobileNetV3Size.Small ? "mobilenetv3-small" : "mobilenetv3-large",
            "Howard et al. 2019, Searching for MobileNetV3",
            parameters,
            multiplyAccumulates,
            (classes, size, seed) => MobileNetV3.Build(form, classes, size, seed)
        );

    private static ZooNetwork VeryDeep(int depth, long parameters, long multiplyAccumulates) =>
        Of(
            $"vgg{depth}-bn",
            "Simonyan and Zisserman 2015, Very Deep Convolutional Networks",
            parameters,
            multiplyAccumulates,
            (classes, size, seed) => Vgg.Build(depth, classes, size, seed)
        );

    private static ZooNetwork Shuffle(string suffix, ShuffleNetV2Width width, long parameters, long multiplyAccumulates) =>
        Of(
            $"shufflenetv2-{suffix}",
            "Ma et al. 2018, ShuffleNet V2",
            parameters,
            multiplyAccumulates,
            (classes, size, seed) => ShuffleNetV2.Build(width, classes, size, seed)
        );

    private static ZooNetwork Reg(string suffix, RegNetXSize form, long parameters, long multiplyAccumulates) =>
        Of(
            $"regnetx-{suffix}",
            "Radosavovic et al. 2020, Designing Network Design Spaces",
            parameters,
            multiplyAccumulates,
            (classes, size, seed) => RegNet.Build(form, classes, size, seed)
        );

    /// <summary>Describes a network for ImageNet: 1,000 classes and 224 pixels.</summary>
    private static ZooNetwork Of(
        string name,
        string paper,
        long parameters,
        long multiplyAccumulates,
        Func<int, int, ulong, Model> build
    ) =>
        new(build)
        {
            Name = name,
            Paper = paper,
            Classes = 1000,
            Size = 224,
            Parameters = parameters,
            MultiplyAccumulates = multiplyAccumulates,
        };
}
