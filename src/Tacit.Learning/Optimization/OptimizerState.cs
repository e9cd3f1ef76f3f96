using Tacit.Graphs;
using TorchSharp;
using TorchSharp.Modules;

namespace Tacit.Learning.Optimization;

/// <summary>
/// Saves and restores the internal state of TorchSharp optimisers (momentum, moments, step counts and learning rates) as a
/// tensor of a checkpoint.
/// </summary>
/// <remarks>
/// The bytes are in TorchSharp's own format and can be read only by the version that wrote them. The receiving optimiser must
/// be of the same kind and have the same parameters in the same order.
/// </remarks>
public static class OptimizerState
{
    /// <summary>Copies the state of an optimiser.</summary>
    /// <param name="optimizer">The optimiser.</param>
    /// <returns>The state as a tensor of bytes.</returns>
    public static TensorData Save(OptimizerHelper optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            optimizer.save_state_dict(writer);
        }

        return TensorData.Of<byte>(stream.ToArray());
    }

    /// <summary>Replaces the state of an optimiser.</summary>
    /// <remarks>The optimiser owns the tensors of its state. They are detached from the current dispose scope.</remarks>
    /// <param name="optimizer">The optimiser to change.</param>
    /// <param name="state">A state returned by <see cref="Save"/>.</param>
    /// <exception cref="InvalidFileException">
    /// The state is damaged or belongs to another optimiser. <paramref name="optimizer"/> must not be used afterwards.
    /// </exception>
    public static void Load(OptimizerHelper optimizer, TensorData state)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(state);
        using var stream = new MemoryStream(state.Bytes.ToArray());
        using var reader = new BinaryReader(stream);
        using var scope = torch.NewDisposeScope();
        try
        {
            optimizer.load_state_dict(reader);

            // The optimiser owns the state, so the caller's scope must not dispose it.
            scope.Detach(scope.DisposablesView.ToList());
        }
        catch (Exception e)
            when (e
                    is ArgumentException
                        or IOException
                        or InvalidDataException
                        or InvalidOperationException
                        or FormatException
                        or KeyNotFoundException
            )
        {
            throw new InvalidFileException($"the optimiser's state in the checkpoint does not fit: {e.Message.ReplaceLineEndings(" ")}", e);
        }

        if (stream.Position != stream.Length)
        {
            throw new InvalidFileException("the optimiser's state in the checkpoint does not fit: it is longer than it should be");
        }
    }
}
