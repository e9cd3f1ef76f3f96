using System.Collections.Immutable;
using Tacit.Learning.Clips;
using Tacit.Learning.Optimization;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Methods;

/// <summary>Specifies the network that gives the targets of predictions.</summary>
public enum TargetNetwork
{
    /// <summary>The trained network itself, without a gradient, as in SimSiam. This is the literal reading of figure 2 of ASCNet.</summary>
    None,

    /// <summary>A moving average of the trained network, as in BYOL and MoCo.</summary>
    Momentum,
}

/// <summary>
/// Base class of the methods that learn from unlabelled videos: the clips and heads that a method needs, and its options.
/// </summary>
/// <remarks>
/// Derived records contain the options of one method. They are immutable, and each value is checked when it is set. A recipe from another
/// assembly can be trained, too. The command line and JSON options only know those of <see cref="Pretraining.PretrainingRecipes"/>.
/// </remarks>
/// <example>
/// <code>
/// var options = PretrainingOptions.Of(PretrainingPreset.Tiny, new ByolRecipe());
/// </code>
/// </example>
public abstract record PretrainingRecipe
{
    /// <summary>The name on the command line and in the metadata of encoders, for example "ascnet".</summary>
    public abstract string Name { get; }

    /// <summary>The name in reports.</summary>
    public abstract string Title { get; }

    /// <summary>The clips that are drawn from each video; at least one.</summary>
    public abstract ImmutableArray<ClipView> Views { get; }

    /// <summary>The heads on the features of the encoder. Their names are unique.</summary>
    public abstract ImmutableArray<ProjectionHead> Heads { get; }

    /// <summary>The network that gives the targets.</summary>
    public abstract TargetNetwork TargetNetwork { get; }

    /// <summary>The largest number of videos in a batch that the memory of the method can hold. Default: no limit.</summary>
    public virtual int LargestBatch => int.MaxValue;

    /// <summary>
    /// The momentum of the method's own code, which <see cref="PretrainingPreset.Paper"/> uses. Default null: the momentum of the preset.
    /// </summary>
    public virtual ExponentialMovingAverageOptions? PublishedMomentum => null;

    /// <summary>Creates the loss with an empty memory. The caller disposes it.</summary>
    /// <param name="seed">The seed of its random numbers.</param>
    /// <param name="device">The device of its memory.</param>
    public abstract IPretrainingMethod Create(ulong seed, Device device);

    /// <summary>
    /// Returns the recipe with heads and memory of the sizes of a preset. Other options stay. Default: the recipe itself.
    /// </summary>
    public virtual PretrainingRecipe ScaledTo(PretrainingPreset preset) => this;

    /// <summary>Verifies that the options do not contradict each other.</summary>
    /// <exception cref="ArgumentException">They contradict each other. The message names the options.</exception>
    public virtual void Check() { }
}
