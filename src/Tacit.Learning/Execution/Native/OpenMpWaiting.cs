using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Tacit.Learning.Execution.Native;

/// <summary>Lets the OpenMP threads of libtorch sleep while they wait for each other.</summary>
/// <remarks>
/// GNU's OpenMP lets them spin for some milliseconds by default, at every parallel loop. Beside another busy process the
/// thread that is waited for then lacks the processor that the others burn, and everything takes several times as long.
/// libgomp reads its settings with getenv when it is loaded, so they are set when this assembly is, which is before libtorch
/// unless the application has used TorchSharp before.
/// </remarks>
internal static class OpenMpWaiting
{
    /// <summary>How threads wait: <c>ACTIVE</c> spins, <c>PASSIVE</c> sleeps. A user's own choice is kept.</summary>
    public const string Policy = "OMP_WAIT_POLICY";

    /// <summary>For how many turns they spin, whatever the policy. A user's own choice is kept.</summary>
    public const string SpinCount = "GOMP_SPINCOUNT";

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Whatever of this library is used first, libtorch is not loaded yet.")]
    internal static void Sleep()
    {
        if (Environment.GetEnvironmentVariable(SpinCount) is null)
        {
            NativeEnvironment.SetDefault(Policy, "PASSIVE");
        }
    }
}
