namespace Tacit.Learning.Networks;

/// <summary>Published networks on clips of video, by name.</summary>
/// <example><code>
/// Model network = VideoZoo.Find("r3d-18")!.Build(classes: 101, seed: 1);
/// </code></example>
public static class VideoZoo
{
    private const string Hara = "Hara et al. 2018, Can Spatiotemporal 3D CNNs Retrace the History of 2D CNNs and ImageNet?";

    /// <summary>All networks, those of a family together.</summary>
    public static IReadOnlyList<VideoNetwork> All { get; } =
    [
        Residual("r3d-10", blocks: 1, 14_604_624, 5_653_798_912),
        Residual("r3d-18", blocks: 2, 33_409_104, 8_308_006_912),
    ];

    /// <summary>The network of a name; null where there is none.</summary>
    public static VideoNetwork? Find(string name) => All.FirstOrDefault(network => network.Name == name);

    private static VideoNetwork Residual(string name, int blocks, long parameters, long multiplyAccumulates) => new(form => R3D.Build(form, blocks))
    {
        Name = name,
        Paper = Hara,
        Classes = 400,
        Frames = 16,
        Size = 112,
        LeastFrames = 2,
        LeastSize = 32,
        Parameters = parameters,
        MultiplyAccumulates = multiplyAccumulates,
    };
}
