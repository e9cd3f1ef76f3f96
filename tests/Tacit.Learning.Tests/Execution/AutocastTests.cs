using Tacit.Learning.Execution;
using Tacit.Learning.Execution.Native;
using Tacit.Learning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Execution;

[NoTensorLeaks]
public sealed class AutocastTests
{
    private const string Hidden = "the machine hides the caches of its processor, on which bfloat16 is refused";

    [Fact]
    public void This_LibTorch_has_it_unless_caches_are_hidden() => Assert.Equal(!HiddenCaches.AreHidden, Autocast.IsAvailable());

    [Fact]
    public void Where_caches_are_hidden_it_is_refused()
    {
        Assert.SkipUnless(HiddenCaches.AreHidden, "the machine shows the caches of its processor");

        Assert.Contains(
            "Float32",
            Assert.Throws<PlatformNotSupportedException>(() => Autocast.BFloat16()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_instructions_are_found_as_the_system_finds_them()
    {
        Assert.SkipUnless(File.Exists("/proc/cpuinfo"), "the system does not tell");

        Assert.Equal(File.ReadAllText("/proc/cpuinfo").Contains(" avx512_bf16", StringComparison.Ordinal), Autocast.HasFastBFloat16);
    }

    [Fact]
    public void Convolutions_are_in_b_float16_inside_and_only_there()
    {
        Assert.SkipWhen(HiddenCaches.AreHidden, Hidden);
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.Float32, Convolve());
        using (Autocast.BFloat16())
        {
            using (Autocast.BFloat16())
            {
                Assert.Equal(ScalarType.BFloat16, Convolve());
            }

            Assert.Equal(ScalarType.BFloat16, Convolve());
        }

        Assert.Equal(ScalarType.Float32, Convolve());

        static ScalarType Convolve() => nn.functional.conv3d(ones([1, 2, 3, 4, 4]), ones([5, 2, 1, 3, 3])).dtype;
    }

    [Fact]
    public void It_ends_with_an_exception()
    {
        Assert.SkipWhen(HiddenCaches.AreHidden, Hidden);
        using var scope = NewDisposeScope();
        Assert.Throws<InvalidOperationException>(Fail);

        Assert.Equal(ScalarType.Float32, ones(2, 2).matmul(ones(2, 2)).dtype);

        static void Fail()
        {
            using var autocast = Autocast.BFloat16();
            throw new InvalidOperationException();
        }
    }

    [Fact]
    public void Gradients_and_statistics_are_float32_and_near_those_of_float32()
    {
        Assert.SkipWhen(HiddenCaches.AreHidden, Hidden);
        using var scope = NewDisposeScope();
        var model = ResNetCifar.Build(8, 5, width: 4, seed: 3);
        var module = new GraphModule(model);
        using var half = TorchWeights.From(model, CPU, trainable: true);
        using var full = TorchWeights.From(model, CPU, trainable: true);
        using var generator = new Generator(1);
        var images = randn([8, 3, 32, 32], generator: generator);
        Tensor logits;
        using (Autocast.BFloat16())
        {
            logits = module.Run(half, images, ExecutionMode.Train).Output; // (8, 5)
        }

        Assert.Equal(ScalarType.BFloat16, logits.dtype);
        nn.functional.cross_entropy(logits.to(ScalarType.Float32), arange(8) % 5).backward();
        nn.functional.cross_entropy(module.Run(full, images, ExecutionMode.Train).Output, arange(8) % 5).backward();

        Assert.All(half.Statistics, statistic => Assert.Equal(ScalarType.Float32, statistic.Tensor.dtype));
        foreach (var (name, parameter) in half.Parameters)
        {
            var (gradient, exact) = (parameter.grad!, ((TorchSharp.Modules.Parameter)full[name]).grad!);
            Assert.Equal(ScalarType.Float32, gradient.dtype);

            // Gradients of single scales are small differences of large sums and therefore imprecise. Wrong gradients would differ by 1 or
            // more.
            Assert.InRange((gradient - exact).norm().ToDouble() / exact.norm().ToDouble(), 0, 0.5);
        }
    }

    // Converted weights are cached within a scope. After it they must be discarded; otherwise training would continue with old weights.
    [Fact]
    public void Changed_weights_are_converted_again()
    {
        Assert.SkipWhen(HiddenCaches.AreHidden, Hidden);
        using var scope = NewDisposeScope();
        using var weight = new TorchSharp.Modules.Parameter(ones(2, 2));
        Assert.Equal(2, Product());
        using (no_grad())
        {
            weight.fill_(3);
        }

        Assert.Equal(6, Product());

        float Product()
        {
            using (Autocast.BFloat16())
            {
                return ones(1, 2).matmul(weight)[0, 0].to(ScalarType.Float32).item<float>();
            }
        }
    }
}
