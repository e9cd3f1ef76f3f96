using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Clips;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.AscNet;

/// <summary>Computes the losses of ASCNet, L = L_a + L_m, and keeps the gallery. See <see cref="AscNetRecipe"/>.</summary>
/// <param name="recipe">The options of the method.</param>
/// <param name="seed">The seed of random positives (<see cref="PositiveChoice.Random"/>).</param>
/// <param name="device">The device of the gallery.</param>
internal sealed class AppearanceSpeedConsistency(AscNetRecipe recipe, ulong seed, Device device) : IPretrainingMethod
{
    private readonly Gallery _gallery = new(recipe.GalleryCapacity, recipe.EmbeddingWidth, device);

    /// <inheritdoc/>
    /// <remarks>
    /// <list type="number">
    /// <item>The target's appearance and speed embeddings of all 2 · B clips are added to the gallery.</item>
    /// <item>L_a = ‖a' - a‖²: each clip predicts the appearance embedding of the other clip of its video.</item>
    /// <item>
    /// When the gallery holds <see cref="AscNetRecipe.GalleryWarmUp"/> clips, positives of the same speed are retrieved by appearance, and
    /// L_m = ‖m' - m‖² is added.
    /// </item>
    /// <item>With <see cref="AscNetRecipe.SpeedContrastWeight"/> above 0, <see cref="SpeedContrast"/> is added, too.</item>
    /// </list>
    /// </remarks>
    public MethodLoss Loss(Embeddings online, Embeddings target, LoadedBatch batch)
    {
        var (a, m) = (target[recipe.AppearanceHead.Name], target[recipe.SpeedHead.Name]); // (2·B, d)
        _gallery.Add(a, m, batch.Identities);

        var appearance = RegressionLoss.Forward(online[recipe.AppearanceHead.Prediction], a);
        var loss = recipe.AppearanceWeight * appearance;
        var parts = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        parts["appearance"] = appearance.ToDouble();
        parts["gallery"] = _gallery.Count;
        if (recipe.SpeedWeight == 0 || _gallery.Count < recipe.GalleryWarmUp)
        {
            return new MethodLoss(loss, parts.ToImmutable());
        }

        var positives =
            recipe.Positives == PositiveChoice.Retrieved
                ? _gallery.Search(a, batch.Identities, recipe.Neighbours)
                : _gallery.Draw(batch.Identities, recipe.Neighbours, new RandomStream(seed, "ascnet.positives", batch.Step));
        var speed = SpeedConsistency.Forward(online[recipe.SpeedHead.Prediction], positives);
        loss = loss + recipe.SpeedWeight * speed;
        parts["speed"] = speed.ToDouble();
        if (recipe.SpeedContrastWeight > 0)
        {
            var (similarities, same, other) = _gallery.CompareSpeeds(online[recipe.SpeedHead.Name], batch.Identities);
            var contrast = SpeedContrast.Forward(similarities, same, other);
            loss = loss + recipe.SpeedContrastWeight * contrast;
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
