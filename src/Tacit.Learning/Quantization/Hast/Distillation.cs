using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Computes the distillation loss L_KD between the softened predictions of the float and the quantised network.</summary>
/// <remarks>
/// L_KD = α · T² · KL(softmax(t / T) || softmax(s / T)), summed over the classes and averaged over the batch. The authors' code
/// uses T = 20 and α = 20, which is a factor of 8,000. The labels of the samples are not used.
/// </remarks>
/// <param name="temperature">The temperature T, above 0 (<see cref="FineTuningOptions.Temperature"/>).</param>
/// <param name="weight">The weight α, above 0 (<see cref="FineTuningOptions.DistillationWeight"/>).</param>
internal sealed class Distillation(double temperature, double weight)
{
    /// <summary>Computes the loss of a batch. The gradient flows into both arguments.</summary>
    /// <param name="student">The logits s of the quantised network, (N, classes).</param>
    /// <param name="teacher">The logits t of the float network, (N, classes).</param>
    /// <returns>The loss, a scalar.</returns>
    public Tensor Forward(Tensor student, Tensor teacher)
    {
        var target = nn.functional.log_softmax(teacher / temperature, 1);
        var prediction = nn.functional.log_softmax(student / temperature, 1);
        return (target.exp() * (target - prediction)).sum(1).mean() * (weight * temperature * temperature);
    }
}
