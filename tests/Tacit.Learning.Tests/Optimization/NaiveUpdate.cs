using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Tests.Optimization;

/// <summary>SGD, LARS and AdamW element by element in Float64, as defined in their papers and PyTorch's documentation.</summary>
internal sealed class NaiveUpdate(OptimizerOptions options, TorchWeights start)
{
    private readonly Dictionary<string, double[]> _first = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double[]> _second = new(StringComparer.Ordinal);
    private int _steps;

    public Dictionary<string, double[]> Weights { get; } =
        start.Parameters.ToDictionary(parameter => parameter.Name, parameter => Elements(parameter.Tensor), StringComparer.Ordinal);

    /// <summary>Updates the tensors by their gradients and returns the norm of the gradients.</summary>
    public double Step(TorchWeights tensors, double rate)
    {
        _steps++;
        var gradients = tensors.Parameters.ToDictionary(
            parameter => parameter.Name,
            parameter => Gradient(parameter.Tensor),
            StringComparer.Ordinal
        );
        var norm = Norm(gradients.Values.SelectMany(gradient => gradient));
        var clip = options.MaxGradientNorm is { } limit && norm > limit ? limit / norm : 1;
        foreach (var (name, parameter) in tensors.Parameters)
        {
            var spared = parameter.dim() <= 1 && (options.SparesVectors ?? options.Kind != OptimizerKind.Sgd);
            var gradient = gradients[name].Select(value => value * clip).ToArray();
            if (options.Kind == OptimizerKind.AdamW)
            {
                Adam(name, gradient, rate, spared ? 0 : options.WeightDecay);
            }
            else
            {
                Sgd(name, gradient, rate, spared);
            }
        }

        return norm;
    }

    private void Sgd(string name, double[] gradient, double rate, bool spared)
    {
        var weights = Weights[name];
        var decay = spared ? 0 : options.WeightDecay;
        double weightNorm = Norm(weights),
            gradientNorm = Norm(gradient);
        var trust =
            options.Kind == OptimizerKind.Lars && !spared && weightNorm > 0 && gradientNorm > 0
                ? options.TrustCoefficient * weightNorm / (gradientNorm + decay * weightNorm)
                : 1;
        var first = _steps == 1;
        var velocity = first ? _first[name] = new double[weights.Length] : _first[name];
        for (var i = 0; i < weights.Length; i++)
        {
            var g = trust * (gradient[i] + decay * weights[i]);
            velocity[i] = options.Momentum * velocity[i] + g;
            weights[i] -= rate * (options.Nesterov ? g + options.Momentum * velocity[i] : velocity[i]);
        }
    }

    private void Adam(string name, double[] gradient, double rate, double decay)
    {
        var weights = Weights[name];
        var first = _steps == 1 ? _first[name] = new double[weights.Length] : _first[name];
        var second = _steps == 1 ? _second[name] = new double[weights.Length] : _second[name];
        for (var i = 0; i < weights.Length; i++)
        {
            first[i] = options.Beta1 * first[i] + (1 - options.Beta1) * gradient[i];
            second[i] = options.Beta2 * second[i] + (1 - options.Beta2) * gradient[i] * gradient[i];
            var mean = first[i] / (1 - Math.Pow(options.Beta1, _steps));
            var square = second[i] / (1 - Math.Pow(options.Beta2, _steps));
            weights[i] -= rate * (mean / (Math.Sqrt(square) + 1e-8) + decay * weights[i]);
        }
    }

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));

    private static double[] Gradient(TorchSharp.torch.Tensor parameter)
    {
        using var gradient = parameter.grad!;
        return Elements(gradient);
    }

    private static double[] Elements(TorchSharp.torch.Tensor tensor)
    {
        using var detached = tensor.detach();
        using var dense = detached.contiguous();
        return [.. dense.data<float>().ToArray().Select(value => (double)value)];
    }
}
