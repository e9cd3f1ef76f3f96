using Tacit.Graphs;
using TorchSharp;
using TorchSharp.Modules;

namespace Tacit.Learning.Training;

/// <summary>The inner state of TorchSharp's optimisers (momentum, moments, step counts, rates) as a tensor of a checkpoint.</summary>
/// <remarks>
/// The bytes are TorchSharp's own form and serve the version that wrote them. The optimiser that receives them must be made
/// like the one that gave them: same kind, same parameters in the same order.
/// </remarks>
public static class OptimizerState
{
    /// <summary>A copy of the state.</summary>
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

    /// <summary>Overwrites the state of an optimiser.</summary>
    /// <remarks>The tensors of the state belong to the optimiser, not to the dispose scope that is open.</remarks>
    /// <exception cref="InvalidFileException">
    /// The state is of another optimiser or damaged; this one is then of no more use.
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

            // The state belongs to the optimiser: the caller's scope must not end it.
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
