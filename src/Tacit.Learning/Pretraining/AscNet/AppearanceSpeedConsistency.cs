using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.AscNet;

/// <summary>
/// "ASCNet: Self-supervised Video Representation Learning with Appearance-Speed Consistency" (Huang, Wu et al., ICCV 2021).
/// </summary>
/// <remarks>
/// L = L_a + L_m over two clips of each video at different speeds. Appearance consistency pulls the two clips together in one
/// embedding space; speed consistency pulls each clip, in another space, to the clip that looks most like it among those of the
/// same speed from other videos. There are no negatives: predictors and targets without gradient keep both spaces from collapse.
/// docs/ascnet.md says what the paper leaves open and what was decided.
/// </remarks>
public sealed class AppearanceSpeedConsistency : IPretrainingMethod
{
    private const string Appearance = "appearance";
    private const string Speed = "speed";

    private readonly AscNetOptions _options;
    private readonly Gallery _gallery;
    private readonly ProjectionHead _appearance;
    private readonly ProjectionHead _speed;

    /// <summary>The method.</summary>
    /// <param name="options">The options.</param>
    /// <param name="device">Where the gallery is kept.</param>
    /// <exception cref="ArgumentException">Both tasks are switched off, or the gallery can never hold enough.</exception>
    public AppearanceSpeedConsistency(AscNetOptions options, Device device)
    {
        if (options is { AppearanceWeight: 0, SpeedWeight: 0 })
        {
            throw new ArgumentException(
                "both tasks are switched off: give AppearanceWeight or SpeedWeight a value above 0",
                nameof(options)
            );
        }

        if (options.GalleryWarmUp > options.GalleryCapacity)
        {
            throw new ArgumentException(
                $"a gallery of {options.GalleryCapacity} clips never holds {options.GalleryWarmUp}: lower GalleryWarmUp",
                nameof(options)
            );
        }

        if (options is { SpeedWeight: 0, SpeedContrastWeight: > 0 })
        {
            throw new ArgumentException(
                "speed contrast goes with speed consistency: give SpeedWeight a value above 0, or SpeedContrastWeight 0",
                nameof(options)
            );
        }

        _options = options;
        _gallery = new Gallery(options.GalleryCapacity, options.EmbeddingWidth, device);
        _appearance = new ProjectionHead(Appearance, options.HiddenWidth, options.EmbeddingWidth, Predicts: true);
        _speed = new ProjectionHead(Speed, options.HiddenWidth, options.EmbeddingWidth, Predicts: true);
    }

    /// <inheritdoc/>
    public ImmutableArray<ClipView> Views => [new(Speed: 0), new(Speed: 1)];

    /// <inheritdoc/>
    public ImmutableArray<ProjectionHead> Heads => [_appearance, _speed];

    /// <inheritdoc/>
    public TargetNetwork Target => _options.Target;

    /// <inheritdoc/>
    public int LargestBatch => _options.GalleryCapacity / Views.Length;

    /// <inheritdoc/>
    public MethodLoss Loss(Embeddings online, Embeddings target, PretrainingBatch batch)
    {
        var (a, m) = (target[Appearance], target[Speed]); // (2·B, d)
        _gallery.Add(a, m, batch.Identities);

        var appearance = AppearanceConsistency.Forward(online[_appearance.Prediction], a);
        var loss = _options.AppearanceWeight * appearance;
        var parts = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        parts["appearance"] = appearance.ToDouble();
        parts["gallery"] = _gallery.Count;
        if (_options.SpeedWeight == 0 || _gallery.Count < _options.GalleryWarmUp)
        {
            return new MethodLoss(loss, parts.ToImmutable());
        }

        var positives =
            _options.Positives == PositiveChoice.Retrieved
                ? _gallery.Search(a, batch.Identities, _options.Neighbours)
                : _gallery.Draw(batch.Identities, _options.Neighbours, new RandomStream(_options.Seed, "ascnet.positives", batch.Step));
        var speed = SpeedConsistency.Forward(online[_speed.Prediction], positives);
        loss = loss + _options.SpeedWeight * speed;
        parts["speed"] = speed.ToDouble();
        if (_options.SpeedContrastWeight > 0)
        {
            var (similarities, same, other) = _gallery.CompareSpeeds(online[Speed], batch.Identities);
            var contrast = SpeedContrast.Forward(similarities, same, other);
            loss = loss + _options.SpeedContrastWeight * contrast;
            parts["speed contrast"] = contrast.ToDouble();
        }

        return new MethodLoss(loss, parts.ToImmutable()) { Positives = positives.Positives };
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, TensorData>> Save() => _gallery.Save();

    /// <inheritdoc/>
    public void Restore(IReadOnlyDictionary<string, TensorData> memory) => _gallery.Restore(memory);

    /// <inheritdoc/>
    public void Dispose() => _gallery.Dispose();
}
