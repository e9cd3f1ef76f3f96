using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;
using OptimizerHelper = TorchSharp.Modules.OptimizerHelper;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Where a fine-tuning stands, and the last state in which it was sound, to which it goes back when it diverges.</summary>
internal sealed class GuardedState : ITrainingState
{
    private const int Interval = 25;

    private readonly string _stage;
    private readonly long _steps;
    private readonly TorchWeights _student;
    private readonly OptimizerHelper _optimizer;
    private Checkpoint _sound;

    public GuardedState(string stage, long steps, TorchWeights student, OptimizerHelper optimizer)
    {
        (_stage, _steps, _student, _optimizer) = (stage, steps, student, optimizer);
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
        foreach (var (name, data) in checkpoint.Section("student"))
        {
            SavedWeights.Restore(_student, name, data);
        }

        OptimizerState.Load(_optimizer, checkpoint["optimizer"]);
        Guard.Restore(checkpoint.Values["guard"]);
        (_sound, Done) = (checkpoint, checkpoint.Step);
    }

    private Checkpoint Capture() =>
        new Checkpoint(_stage, Done)
            .With("student", _student.Parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Tensor.ToData())))
            .With("optimizer", OptimizerState.Save(_optimizer))
            .WithValue("guard", Guard.ToText());
}
