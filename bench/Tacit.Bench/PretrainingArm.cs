using System.Collections.Immutable;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Pretraining.AscNet;

namespace Tacit.Bench;

/// <summary>A way to come by an encoder, to be compared with others under one budget.</summary>
/// <param name="Name">The name in tables and ledgers.</param>
/// <param name="Change">Makes its options out of the common ones; null leaves the weights random.</param>
internal sealed record PretrainingArm(string Name, Func<PretrainingOptions, PretrainingOptions>? Change)
{
    /// <summary>All arms.</summary>
    public static ImmutableArray<PretrainingArm> All { get; } =
    [
        new("random weights", null),
        new("BYOL", options => options with { Method = PretrainingMethod.Byol }),
        new("SimSiam", options => options with { Method = PretrainingMethod.SimSiam }),
        new("RSPNet", options => options with { Method = PretrainingMethod.RspNet }),
        Asc("ACP only", ascNet => ascNet with { SpeedWeight = 0 }),
        Asc("SCP only", ascNet => ascNet with { AppearanceWeight = 0 }),
        Asc("ACP + SCP", ascNet => ascNet),
        Asc("ACP + SCP, k = 3", ascNet => ascNet with { Neighbours = 3 }),
        Asc("ACP + SCP, random positives", ascNet => ascNet with { Positives = PositiveChoice.Random }),
        Asc("ACP + SCP, no momentum network", ascNet => ascNet with { Target = TargetNetwork.None }),
        Asc("ACP + SCP + speed contrast", ascNet => ascNet with { SpeedContrastWeight = 1 }),
    ];

    /// <summary>The arms of these names, or all but those that are only of interest elsewhere.</summary>
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

    private static PretrainingArm Asc(string name, Func<AscNetOptions, AscNetOptions> change) =>
        new(name, options => options with { AscNet = change(options.AscNet) });
}
