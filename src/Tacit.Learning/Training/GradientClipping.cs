using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Training;

/// <summary>The norm of all gradients together, and its limit.</summary>
public static class GradientClipping
{
    // As in PyTorch.
    private const double Epsilon = 1e-6;

    /// <summary>The 2-norm of the gradients of all tensors together; tensors without one count as zero.</summary>
    public static double GlobalNorm(IEnumerable<Tensor> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Norm(Gradients(parameters));
    }

    /// <summary>Scales the gradients so that their 2-norm together is at most <paramref name="maxNorm"/>.</summary>
    /// <returns>The norm before. Where it is infinite or not a number, the gradients are left as they are.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxNorm"/> is not positive.</exception>
    public static double ClipGlobalNorm(IEnumerable<Tensor> parameters, double maxNorm)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNorm);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var gradients = Gradients(parameters);
        var norm = Norm(gradients);
        var scale = maxNorm / (norm + Epsilon);
        if (double.IsFinite(norm) && scale < 1)
        {
            foreach (var gradient in gradients)
            {
                gradient.mul_(scale);
            }
        }

        return norm;
    }

    private static List<Tensor> Gradients(IEnumerable<Tensor> parameters) =>
        [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];

    private static double Norm(List<Tensor> gradients) =>
        gradients.Count == 0 ? 0 : stack(gradients.Select(gradient => gradient.norm().to(gradients[0].device))).norm().ToDouble();
}
