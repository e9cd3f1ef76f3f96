using System.Reflection;
using Tacit.Inference.Sessions;

namespace Tacit.Inference.Tests;

public sealed class AssemblyTests
{
    private static readonly Assembly Inference = typeof(OnnxSession).Assembly;

    [Fact]
    public void Deployment_needs_no_training_library()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<Assembly>([Inference]);
        while (pending.TryPop(out var assembly))
        {
            foreach (var reference in assembly.GetReferencedAssemblies().Where(reference => seen.Add(reference.Name!)))
            {
                if (reference.Name!.StartsWith("Tacit", StringComparison.Ordinal))
                {
                    pending.Push(Assembly.Load(reference));
                }
            }
        }

        Assert.Contains("Microsoft.ML.OnnxRuntime", seen);
        Assert.DoesNotContain(seen, name => name.StartsWith("TorchSharp", StringComparison.Ordinal) || name == "Tacit.Learning");
    }

    [Fact]
    public void Nothing_writes_to_the_console() =>
        Assert.DoesNotContain(Inference.GetReferencedAssemblies(), reference => reference.Name == "System.Console");

    [Fact]
    public void Every_public_class_is_sealed_abstract_or_static() =>
        Assert.DoesNotContain(Inference.GetExportedTypes(), type => type is { IsClass: true, IsSealed: false, IsAbstract: false });
}
