using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Optimization;

/// <summary>Computes and limits the norm of all gradients of a network.</summary>
internal static class GradientClipping
{
    // The value that PyTorch uses.
    private const double Epsilon = 1e-6;

    /// <summary>Computes the Euclidean norm of all gradients, treated as one vector. Tensors without a gradient count as zero.</summary>
    /// <param name="parameters">The parameters whose gradients are used.</param>
    /// <returns>The norm; infinite or NaN if a gradient is.</returns>
    public static double GlobalNorm(IEnumerable<Tensor> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Norm(Gradients(parameters));
    }

    /// <summary>
    /// Scales all gradients by the same factor so that their joint Euclidean norm is at most <paramref name="maxNorm"/>.
    /// Smaller gradients are unchanged (PyTorch's clip_grad_norm_).
    /// </summary>
    /// <param name="parameters">The parameters whose gradients are scaled in place.</param>
    /// <param name="maxNorm">The maximum norm, above 0.</param>
    /// <returns>The norm before scaling. If it is infinite or NaN, the gradients are left unchanged.</returns>
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
