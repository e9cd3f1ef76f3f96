using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Where a fine-tuning stands, and the last state in which it was sound, to which it goes back when it diverges.</summary>
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

    public GuardedState(string stage, long steps, TorchWeights student, WeightUpdate update)
    {
        (_stage, _steps, _student, _update) = (stage, steps, student, update);
        _sound = Capture();
        Restore(_sound);
    }

    public DivergenceGuard Guard { get; } = new();

    /// <inheritdoc/>
    public long Done { get; private set; }

    /// <summary>Counts a step, after which the student was sound.</summary>
    public void Advance()
    {
        Done++;
        if (Done % Interval == 0 || Done == _steps)
        {
            _sound = Capture();
        }
    }

    /// <summary>Goes back to the last sound state, and counts it.</summary>
    /// <exception cref="TrainingFailedException">It was one return too many.</exception>
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
