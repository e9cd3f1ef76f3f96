using Tacit.Graphs;
using Tacit.Learning.Execution;

namespace Tacit.Learning.Optimization;

/// <summary>Restores weights from a checkpoint.</summary>
internal static class SavedWeights
{
    /// <summary>Restores weights from a section of a checkpoint.</summary>
    /// <param name="weights">The weights of the run. Those that the section lacks are left as they are.</param>
    /// <param name="section">The saved elements by the names of the weights.</param>
    /// <exception cref="InvalidFileException">The run does not have one of these weights, or has it in another shape.</exception>
    public static void Restore(TorchWeights weights, IReadOnlyDictionary<string, TensorData> section)
    {
        foreach (var (name, saved) in section)
        {
            Restore(weights, name, saved);
        }
    }

    /// <summary>Restores one weight.</summary>
    /// <param name="weights">The weights of the run; null if the run does not have this network.</param>
    /// <param name="name">The name of the weight.</param>
    /// <param name="saved">The saved elements.</param>
    /// <exception cref="InvalidFileException">The run does not have this weight, or has it in another shape.</exception>
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
