using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Knowledge distillation from the float network's softened predictions.</summary>
/// <remarks>
/// L_KD = alpha · T² · KL(softmax(t / T) || softmax(s / T)), summed over classes and averaged over the batch. The authors' code
/// has T = 20 and alpha = 20, that is a factor of 8,000.
/// </remarks>
internal sealed class Distillation(double temperature, double weight)
{
    /// <summary>The loss of a batch, a scalar; the gradient flows into both sides.</summary>
    /// <param name="student">Logits of the quantised network, (N, classes).</param>
    /// <param name="teacher">Logits of the float network, (N, classes).</param>
    public Tensor Forward(Tensor student, Tensor teacher)
    {
        var target = nn.functional.log_softmax(teacher / temperature, 1);
        var prediction = nn.functional.log_softmax(student / temperature, 1);
        return (target.exp() * (target - prediction)).sum(1).mean() * (weight * temperature * temperature);
    }
}
