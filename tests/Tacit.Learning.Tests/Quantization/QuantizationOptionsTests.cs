using Tacit.Graphs.Passes.Quantization;
using Tacit.Learning.Quantization;

namespace Tacit.Learning.Tests.Quantization;

public sealed class QuantizationOptionsTests
{
    [Fact]
    public void Defaults_go_together() => Assert.Empty(new QuantizationOptions().Violations);

    [Fact]
    public void A_size_needs_packed_storage()
    {
        var options = new QuantizationOptions { MaxBytes = 1000 };

        var refusal = Assert.Throws<ArgumentException>(() => new ZeroShotQuantization(options));

        Assert.StartsWith("QuantizationOptions.MaxBytes packs weights: QuantizationOptions.Storage must be packed", refusal.Message);
        Assert.Empty((options with { Storage = WeightStorage.Packed }).Violations);
    }
}
