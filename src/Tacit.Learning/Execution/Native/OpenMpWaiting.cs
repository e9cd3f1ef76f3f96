using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Tacit.Learning.Execution.Native;

/// <summary>Makes the OpenMP threads of libtorch sleep instead of spin while they wait for each other.</summary>
/// <remarks>
/// By default, GNU OpenMP threads spin for some milliseconds at the end of every parallel loop. If another process is busy, the spinning
/// threads take the processor from the thread that they wait for, and everything is several times as slow. libgomp reads its settings when
/// it is loaded. They are set when this assembly is loaded, which is earlier, unless the application has used TorchSharp before.
/// </remarks>
internal static class OpenMpWaiting
{
    /// <summary>
    /// The environment variable for the way of waiting: <c>ACTIVE</c> spins, <c>PASSIVE</c> sleeps. A value set by the user is kept.
    /// </summary>
    public const string Policy = "OMP_WAIT_POLICY";

    /// <summary>The environment variable for the number of spins. If the user has set it, <see cref="Policy"/> is left unset.</summary>
    public const string SpinCount = "GOMP_SPINCOUNT";

    /// <summary>Sets the policy <c>PASSIVE</c>. It runs when this assembly is loaded.</summary>
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
