namespace Tacit.Learning.Networks;

/// <summary>Published networks, by name.</summary>
/// <example><code>
/// Model network = Zoo.Find("resnet20-cifar")!.Build(classes: 10, seed: 1);
/// </code></example>
public static class Zoo
{
    /// <summary>All networks, those of a family together.</summary>
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
    ];

    /// <summary>The network of a name; null where there is none.</summary>
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
}
