using Tacit.Graphs;
using Tacit.Learning.Execution;

namespace Tacit.Learning.Training;

/// <summary>Weights out of a checkpoint.</summary>
internal static class SavedWeights
{
    /// <summary>Takes up one.</summary>
    /// <param name="weights">The weights of the run; null where it has no such network.</param>
    /// <param name="name">Which one.</param>
    /// <param name="saved">Its elements.</param>
    /// <exception cref="InvalidFileException">The run has no such weight.</exception>
    public static void Restore(TorchWeights? weights, string name, TensorData saved)
    {
        if (weights?.Contains(name) != true || !saved.Sizes.AsSpan().SequenceEqual(weights[name].shape))
        {
            var here = weights?.Contains(name) == true ? Shape.Of(weights[name].shape).ToString() : "absent";
            throw new InvalidFileException($"the checkpoint is of other options: {name} is {here}, the checkpoint has {saved.Shape}");
        }

        using var value = saved.ToTensor(weights.Device);
        weights.Set(name, value);
    }
}
