using System.Reflection;
using TorchSharp;
using Xunit.v3;

namespace Tacit.TestKit;

/// <summary>Fails a test if it leaks tensors: if more of them are alive after it than before.</summary>
/// <remarks>Tensors are counted on the thread of the test. Loops over generated cases must run on this thread (threads: 1).</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NoTensorLeaksAttribute : BeforeAfterTestAttribute
{
    private long _before;
    private int _thread;

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        _thread = Environment.CurrentManagedThreadId;
        _before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
    }

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("the test ended on another thread: its tensors cannot be counted");
        }

        var leaked = DisposeScopeManager.Statistics.ThreadTotalLiveCount - _before;
        if (leaked > 0)
        {
            throw new InvalidOperationException($"{leaked} tensors were not disposed");
        }
    }
}
