namespace Tacit.Learning.Pretraining.Methods;

/// <summary>Specifies a budget of pretraining. See <see cref="PretrainingOptions.Of(PretrainingPreset, PretrainingRecipe?)"/>.</summary>
public enum PretrainingPreset
{
    /// <summary>A small network on small clips: minutes on two cores.</summary>
    Tiny,

    /// <summary>The published network on smaller clips: hours on a workstation.</summary>
    Small,

    /// <summary>The published network and clips with the schedule of RSPNet's code: for GPUs.</summary>
    Paper,
}
