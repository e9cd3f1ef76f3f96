using System.Runtime.InteropServices;

namespace Tacit.Learning.Execution.Native;

/// <summary>Sets environment variables for native libraries.</summary>
internal static class NativeEnvironment
{
    /// <summary>Sets a variable of this process unless it is already set. Does nothing on systems other than Linux.</summary>
    /// <remarks><see cref="Environment.SetEnvironmentVariable(string, string?)"/> changes a copy that native code does not see.</remarks>
    /// <param name="name">The name of the variable.</param>
    /// <param name="value">The value.</param>
    public static void SetDefault(string name, string value)
    {
        if (OperatingSystem.IsLinux())
        {
            // Environment.SetEnvironmentVariable only changes a copy that native code does not see.
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
