using Tacit.Conformance.Networks;

namespace Tacit.Learning.Tests.Quantization;

// bench/README.md says how to run more of them.
public sealed class QuantizationFuzzTests
{
    private const int Networks = 200;

    [Fact]
    public void Random_networks_stay_themselves_in_8_bits_or_are_refused()
    {
        for (var seed = 0; seed < Networks; seed++)
        {
            var network = RandomNetwork.Images(seed);
            if (QuantizationFuzz.Run(network).Error is not null)
            {
                Assert.Fail(QuantizationFuzz.Smallest(network));
            }
        }
    }
}
