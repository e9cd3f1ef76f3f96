namespace Tacit.Learning.Pretraining.Methods;

/// <summary>Budgets of pretraining.</summary>
public enum PretrainingPreset
{
    /// <summary>Minutes on two cores.</summary>
    Tiny,

    /// <summary>Hours on a workstation.</summary>
    Small,

    /// <summary>The published backbone and clips, with RSPNet's schedule.</summary>
    Paper,
}
