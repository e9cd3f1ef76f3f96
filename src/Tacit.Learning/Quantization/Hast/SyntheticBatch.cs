using Tacit.Graphs;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Samples that are being optimised together: their pixels, their labels and the state of Adam.</summary>
internal sealed class SyntheticBatch : IDisposable
{
    private const string ImagesName = "images";
    private const string UpdateSection = "update";
    private const string PlateauValue = "plateau";

    // The values of the authors' code; the others are PyTorch's defaults.
    private static readonly PlateauOptions Plateau = new() { Patience = 50, MinRate = 1e-4 };

    private readonly WeightUpdate _update;
    private readonly PlateauSchedule? _plateau;

    /// <summary>Creates a batch at step 0.</summary>
    /// <param name="options">The learning rate and its schedule.</param>
    /// <param name="noise">The initial pixels, (B, C, H, W) or (B, C, T, H, W), Float32.</param>
    /// <param name="labels">The class or prototype of each sample, (B), Int64; null for samples made by statistics alone.</param>
    /// <param name="device">The device of the tensors.</param>
    /// <param name="head">The prototypes of an encoder, which this object then owns; null for a classifier.</param>
    public SyntheticBatch(SynthesisOptions options, TensorData noise, TensorData? labels, Device device, EncoderHead? head)
    {
        Images = new Parameter(noise.ToTensor(device));
        Labels = labels?.ToTensor(device);
        Head = head;
        _update = new WeightUpdate(
            new OptimizerOptions
            {
                Kind = OptimizerKind.AdamW,
                LearningRate = options.LearningRate,
                WeightDecay = 0,
            },
            [Images],
            LearningRateSchedule.Cosine(options.LearningRate, options.Steps)
        );
        _plateau = options.Schedule == SynthesisSchedule.Plateau ? new PlateauSchedule(options.LearningRate, Plateau) : null;
    }

    /// <summary>The pixels, (B, C, H, W) or (B, C, T, H, W), which require gradients.</summary>
    public Parameter Images { get; }

    /// <summary>The class or prototype of each sample, (B), Int64; null for samples made by statistics alone.</summary>
    public Tensor? Labels { get; }

    /// <summary>The prototypes of an encoder; null for a classifier.</summary>
    public EncoderHead? Head { get; }

    /// <summary>Changes the pixels by one step of Adam against their gradient.</summary>
    /// <param name="step">The step of this batch, from 0.</param>
    /// <param name="loss">The loss of this step. A plateau changes the rate from the next step on, as in PyTorch.</param>
    /// <returns>The norm of the gradient. If it is not finite, the pixels are unchanged.</returns>
    public double Descend(int step, double loss)
    {
        var rate = _plateau?.Rate ?? _update.RateAt(step);
        _plateau?.Observe(loss);
        return _update.StepAt(rate);
    }

    /// <summary>Returns a checkpoint with the state of this batch added: the pixels, the moments of Adam and the plateau.</summary>
    /// <param name="checkpoint">The checkpoint to add it to.</param>
    public Checkpoint Save(Checkpoint checkpoint)
    {
        var saved = checkpoint.With(ImagesName, Images.ToData()).With(UpdateSection, _update.Save());
        return _plateau is null ? saved : saved.WithValue(PlateauValue, _plateau.State);
    }

    /// <summary>Restores the state that <see cref="Save"/> added to a checkpoint. The next steps are then identical bit for bit.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <exception cref="InvalidFileException">The checkpoint has no such state, or is of samples of other sizes.</exception>
    public void Restore(Checkpoint checkpoint)
    {
        var images = checkpoint[ImagesName];
        if (!images.Sizes.AsSpan().SequenceEqual(Images.shape))
        {
            throw new InvalidFileException(
                $"the checkpoint is of other options: the samples of a batch are {Shape.Of(Images.shape)}, the checkpoint has {images.Shape}"
            );
        }

        using (no_grad())
        using (var pixels = images.ToTensor(Images.device))
        {
            Images.copy_(pixels);
        }

        _update.Restore(checkpoint.Section(UpdateSection));
        if (_plateau is not null)
        {
            _plateau.State = checkpoint.Values.GetValueOrDefault(PlateauValue) ?? "";
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _update.Dispose();
        Images.Dispose();
        Labels?.Dispose();
        Head?.Dispose();
    }
}
