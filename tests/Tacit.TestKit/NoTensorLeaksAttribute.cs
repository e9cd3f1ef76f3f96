using System.Reflection;
using TorchSharp;
using Xunit.v3;

namespace Tacit.TestKit;

/// <summary>Fails a test after which more tensors are alive than before it.</summary>
/// <remarks>The count is that of the test's own thread: loops over generated cases must run on it (threads: 1).</remarks>
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
