using Tacit.Learning.Networks;

namespace Tacit.Learning.Tests.Networks;

/// <summary>The networks of the zoo in 8 bits, with random weights and small images.</summary>
[NoTensorLeaks]
public sealed class QuantizedZooTests
{
    private const int Samples = 16;

    // Networks that only repeat the blocks of others are left out.
    public static TheoryData<string, int> Networks =>
        new()
        {
            { "resnet20-cifar", 32 },
            { "resnet20-cifar-projection", 32 },
            { "resnet18", 64 },
            { "resnet50", 64 },
            { "mobilenetv1", 64 },
            { "mobilenetv2", 64 },
            { "mobilenetv3-small", 64 },
            { "mobilenetv3-large", 64 },
            { "vgg11-bn", 32 },
            { "densenet121", 64 },
            { "efficientnet-b0", 64 },
            { "shufflenetv2-x0.5", 64 },
            { "shufflenetv2-x1.0", 64 },
            { "regnetx-600mf", 64 },
        };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Runs_on_integers_alone_and_as_simulated(string name, int size)
    {
        var network = new QuantizedNetwork(
            Zoo.Find(name)!.Build(classes: 10, size, seed: 2),
            Samples,
            size,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(["QuantizeLinear"], network.FloatKernels); // the images
        Assert.InRange(network.Apart, 0, 0.7);
    }
}
