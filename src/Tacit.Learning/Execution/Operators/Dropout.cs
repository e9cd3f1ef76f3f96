using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes Dropout. The mode of the run, not the <c>training_mode</c> input, determines whether elements are dropped.</summary>
internal static class Dropout
{
    /// <summary>
    /// Dropout: in training, sets elements to 0 with probability <c>ratio</c> and multiplies the others by 1 / (1 - ratio).
    /// </summary>
    /// <remarks>
    /// Input 1 is the ratio, 0.5 if it is missing. In evaluation, x is passed on. If the node has a second output, it is the Boolean mask
    /// of kept elements.
    /// </remarks>
    public static Kernel Compile(NodeSource source)
    {
        var known = source.Has(1) ? source.Number(1) : 0.5;
        var masked = source.Node.Outputs.Length > 1 && source.Node.Outputs[1].Length > 0;
        return x =>
        {
            var ratio = x.IsTraining ? known ?? x[1].ToDouble() : 0;
            if (ratio > 0 && !masked)
            {
                return [functional.dropout(x[0], ratio)];
            }

            if (!masked)
            {
                return [x[0].alias()];
            }

            using var uniform = rand_like(x[0]);
            var mask = uniform.ge(ratio);
            using var kept = x[0] * mask;
            return [kept / (1 - ratio), mask];
        };
    }
}
