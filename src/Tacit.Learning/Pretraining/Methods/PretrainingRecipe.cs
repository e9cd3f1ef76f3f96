using System.Collections.Immutable;
using Tacit.Learning.Clips;
using Tacit.Learning.Optimization;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Methods;

/// <summary>What the predictions of a method are compared with.</summary>
public enum TargetNetwork
{
    /// <summary>The same network, without gradient: SimSiam's way, and the literal reading of ASCNet's figure 2.</summary>
    None,

    /// <summary>A moving average of the network: BYOL's and MoCo's way.</summary>
    Momentum,
}

/// <summary>A way to learn from unlabelled videos, and its options: which clips it sees, which heads it needs, and its loss.</summary>
/// <remarks>
/// Derived records hold the options of one method: immutable, checked where they are set. A recipe from another assembly is trained
/// like those of <see cref="Pretraining.PretrainingRecipes"/>; the command line, and options kept as JSON, know those alone.
/// </remarks>
/// <example><code>
/// var options = PretrainingOptions.Of(PretrainingPreset.Tiny, new ByolRecipe());
/// </code></example>
public abstract record PretrainingRecipe
{
    /// <summary>The method's word on the command line and in the metadata of encoders, such as "ascnet".</summary>
    public abstract string Name { get; }

    /// <summary>The method's name in reports.</summary>
    public abstract string Title { get; }

    /// <summary>The clips of each video.</summary>
    public abstract ImmutableArray<ClipView> Views { get; }

    /// <summary>The heads over the encoder's features.</summary>
    public abstract ImmutableArray<ProjectionHead> Heads { get; }

    /// <summary>Which network gives the targets.</summary>
    public abstract TargetNetwork TargetNetwork { get; }

    /// <summary>The most videos of a batch that the method's memory takes; without memory any number.</summary>
    public virtual int LargestBatch => int.MaxValue;

    /// <summary>The momentum that the method's own code has, which <see cref="PretrainingPreset.Paper"/> takes; null for the preset's.</summary>
    public virtual ExponentialMovingAverageOptions? PublishedMomentum => null;

    /// <summary>Makes the method, its memory empty.</summary>
    /// <param name="seed">The seed of its randomness.</param>
    /// <param name="device">Where its memory is kept.</param>
    public abstract IPretrainingMethod Create(ulong seed, Device device);

    /// <summary>The recipe with heads and memory of the sizes that go with a budget; all else stays. By default the recipe itself.</summary>
    public virtual PretrainingRecipe ScaledTo(PretrainingPreset preset) => this;

    /// <summary>Makes sure that the options do not contradict each other.</summary>
    /// <exception cref="ArgumentException">They do.</exception>
    public virtual void Check() { }
}
