namespace Tacit.Learning.Networks;

/// <summary>Lists published networks on video clips.</summary>
/// <remarks>
/// The numbers of parameters and multiply-accumulates are those of torchvision's models, or of a PyTorch module that was written from the
/// paper. They agree with published figures, for example 38.5 G multiply-accumulates for C3D and 40.7 G for R3D-18 of Tran et al.
/// </remarks>
/// <example>
/// <code>
/// Model network = VideoZoo.Find("r3d-18")!.Build(classes: 101, seed: 1);
/// </code>
/// </example>
public static class VideoZoo
{
    private const string Hara = "Hara et al. 2018, Can Spatiotemporal 3D CNNs Retrace the History of 2D CNNs and ImageNet?";
    private const string Closer = "Tran et al. 2018, A Closer Look at Spatiotemporal Convolutions for Action Recognition";

    /// <summary>All networks, grouped by family.</summary>
    /// <remarks>
    /// "r3d-18" is the form that most work on self-supervised learning uses, with a max pool after the stem. "r3d-10" is the same with one
    /// block in each stage, for small machines. "r3d-18-torchvision" and "r2plus1d-18" are torchvision's networks.
    /// </remarks>
    public static IReadOnlyList<VideoNetwork> All { get; } =
    [
        new(C3D.Build)
        {
            Name = "c3d",
            Paper = "Tran et al. 2015, Learning Spatiotemporal Features with 3D Convolutional Networks",
            LeastFrames = 8,
            LeastSize = 16,
            Parameters = 27_866_640,
            MultiplyAccumulates = 38_496_837_632,
        },
        new(form => R3D.Build(form, blocks: 1))
        {
            Name = "r3d-10",
            Paper = Hara,
            LeastSize = 32,
            Parameters = 14_604_624,
            MultiplyAccumulates = 5_653_798_912,
        },
        new(form => R3D.Build(form, blocks: 2))
        {
            Name = "r3d-18",
            Paper = Hara,
            LeastSize = 32,
            Parameters = 33_409_104,
            MultiplyAccumulates = 8_308_006_912,
        },
        new(form => VideoResNet.Build(form, factored: false))
        {
            Name = "r3d-18-torchvision",
            Paper = Closer,
            LeastSize = 16,
            Parameters = 33_371_472,
            MultiplyAccumulates = 40_696_553_472,
        },
        new(form => VideoResNet.Build(form, factored: true))
        {
            Name = "r2plus1d-18",
            Paper = Closer,
            LeastSize = 16,
            Parameters = 31_505_325,
            MultiplyAccumulates = 40_519_080_960,
        },
        new(R2Plus1D.Build)
        {
            Name = "r2plus1d-vcop",
            Paper = "Xu et al. 2019, Self-Supervised Spatiotemporal Learning via Video Clip Order Prediction",
            LeastSize = 16,
            Parameters = 14_570_503,
            MultiplyAccumulates = 21_362_385_920,
        },
        new(S3DG.Build)
        {
            Name = "s3d-g",
            Paper = "Xie et al. 2018, Rethinking Spatiotemporal Feature Learning: Speed-Accuracy Trade-offs in Video Classification",
            Frames = 64,
            Size = 224,
            LeastFrames = 8,
            LeastSize = 32,
            Parameters = 9_085_744,
            MultiplyAccumulates = 68_138_172_928,
        },
    ];

    /// <summary>Returns the network of a name (case-sensitive); null if there is none.</summary>
    public static VideoNetwork? Find(string name) => All.FirstOrDefault(network => network.Name == name);
}
