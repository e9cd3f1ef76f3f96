using System.Collections.Immutable;
using Tacit.Learning.Pretraining.AscNet;
using Tacit.Learning.Pretraining.Baselines;
using Tacit.Learning.Pretraining.Methods;

namespace Tacit.Bench;

/// <summary>A method of creating an encoder, which is compared with others at the same budget.</summary>
/// <param name="Name">The name in tables and ledgers.</param>
/// <param name="Recipe">The recipe with the sizes of the preset tiny; null keeps random weights.</param>
internal sealed record PretrainingArm(string Name, PretrainingRecipe? Recipe)
{
    /// <summary>All arms.</summary>
    public static ImmutableArray<PretrainingArm> All { get; } =
    [
        new("random weights", null),
        new("BYOL", new ByolRecipe().ScaledTo(PretrainingPreset.Tiny)),
        new("SimSiam", new SimSiamRecipe().ScaledTo(PretrainingPreset.Tiny)),
        new("RSPNet", new RspNetRecipe().ScaledTo(PretrainingPreset.Tiny)),
        Asc("ACP only", new() { SpeedWeight = 0 }),
        Asc("SCP only", new() { AppearanceWeight = 0 }),
        Asc("ACP + SCP", new()),
        Asc("ACP + SCP, k = 3", new() { Neighbours = 3 }),
        Asc("ACP + SCP, random positives", new() { Positives = PositiveChoice.Random }),
        Asc("ACP + SCP, no momentum network", new() { Target = TargetNetwork.None }),
        Asc("ACP + SCP + speed contrast", new() { SpeedContrastWeight = 1 }),
    ];

    /// <summary>Returns the arms with these names, by default all except those that only other comparisons use.</summary>
    public static ImmutableArray<PretrainingArm> Of(IReadOnlyList<string> names) =>
        names.Count == 0
            ? All
            :
            [
                .. names.Select(name =>
                    All.FirstOrDefault(arm => arm.Name == name)
                    ?? throw new ArgumentException($"there is no arm {name}; there are {string.Join("; ", All.Select(arm => arm.Name))}")
                ),
            ];

    private static PretrainingArm Asc(string name, AscNetRecipe recipe) => new(name, recipe.ScaledTo(PretrainingPreset.Tiny));
}
