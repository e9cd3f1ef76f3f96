using System.Runtime.InteropServices;

namespace Tacit.Learning.Execution.Native;

/// <summary>Environment variables as native libraries read them.</summary>
internal static class NativeEnvironment
{
    /// <summary>Sets a variable for this process unless the user has set it. Linux only; elsewhere it does nothing.</summary>
    public static void SetDefault(string name, string value)
    {
        if (OperatingSystem.IsLinux())
        {
            // Environment.SetEnvironmentVariable changes a copy that native code does not see.
            _ = SetEnvironmentVariable(name, value, overwrite: 0);
        }
    }

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetEnvironmentVariable(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
        int overwrite
    );
}
