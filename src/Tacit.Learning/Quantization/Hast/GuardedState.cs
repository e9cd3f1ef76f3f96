using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>The state of a fine-tuning, and the last sound state, to which the fine-tuning returns when it diverges.</summary>
/// <remarks>
/// The sound state is captured in memory after every 25 steps and after the last one. It is also what a checkpoint stores, so a
/// resumed run repeats up to 24 steps.
/// </remarks>
internal sealed class GuardedState : ITrainingState
{
    private const int Interval = 25;
    private const string StudentSection = "student";
    private const string UpdateSection = "update";
    private const string GuardValue = "guard";

    private readonly string _stage;
    private readonly long _steps;
    private readonly TorchWeights _student;
    private readonly WeightUpdate _update;
    private Checkpoint _sound;

    /// <summary>Captures the state before the first step.</summary>
    /// <param name="stage">The name of the stage in the run.</param>
    /// <param name="steps">The total number of steps.</param>
    /// <param name="student">The weights of the quantised network.</param>
    /// <param name="update">The optimiser of these weights.</param>
    public GuardedState(string stage, long steps, TorchWeights student, WeightUpdate update)
    {
        (_stage, _steps, _student, _update) = (stage, steps, student, update);
        _sound = Capture();
        Restore(_sound);
    }

    /// <summary>The running means that detect divergence, and the number of returns.</summary>
    public DivergenceGuard Guard { get; } = new();

    /// <inheritdoc/>
    public long Done { get; private set; }

    /// <summary>Counts a step that did not diverge, and captures the state if it is time.</summary>
    public void Advance()
    {
        Done++;
        if (Done % Interval == 0 || Done == _steps)
        {
            _sound = Capture();
        }
    }

    /// <summary>Returns to the last sound state, and counts the return.</summary>
    /// <exception cref="TrainingFailedException">The fine-tuning has returned too often.</exception>
    public void GoBack()
    {
        Guard.CountReturn(_stage, (int)Done);
        Restore(_sound);
    }

    /// <inheritdoc/>
    public Checkpoint Save() => _sound;

    /// <inheritdoc/>
    public void Restore(Checkpoint checkpoint)
    {
        SavedWeights.Restore(_student, checkpoint.Section(StudentSection));
        _update.Restore(checkpoint.Section(UpdateSection));
        Guard.Restore(checkpoint.State<DivergenceState>(GuardValue));
        (_sound, Done) = (checkpoint, checkpoint.Step);
    }

    private Checkpoint Capture() =>
        new Checkpoint(_stage, Done)
            .With(StudentSection, _student.Parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Tensor.ToData())))
            .With(UpdateSection, _update.Save())
            .WithState(GuardValue, Guard.State);
}
