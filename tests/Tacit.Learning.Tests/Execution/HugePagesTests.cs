using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tacit.Learning.Execution;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Execution;

[NoTensorLeaks]
public sealed class HugePagesTests
{
    [Fact]
    public void A_large_tensor_starts_at_a_page_as_where_huge_pages_are_asked_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux alone is asked for huge pages");
        RuntimeHelpers.RunModuleConstructor(typeof(GraphModule).Module.ModuleHandle);

        // libtorch aligns memory to pages if it requests huge pages. Four tensors are tested, because one could be aligned by chance.
        using var scope = NewDisposeScope();
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(0, Address(zeros(2 << 20, ScalarType.Int8)) % Environment.SystemPageSize);
        }
    }

    private static long Address(Tensor x) => (long)Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref MemoryMarshal.GetReference(x.bytes));
}
