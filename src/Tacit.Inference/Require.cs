using System.Runtime.CompilerServices;

namespace Tacit;

/// <summary>
/// Validates values in the setters of options. Each method returns the value, or throws <see
/// cref="ArgumentOutOfRangeException"/> with the name of the property.
/// </summary>
/// <remarks>Tacit.Learning compiles this file too: neither library shows it to others.</remarks>
/// <example><code>
/// public int Threads
/// {
///     get;
///     init => field = Require.AtLeast(1, value);
/// } = 1;
/// </code></example>
internal static class Require
{
    /// <summary>Requires an integer of at least <paramref name="minimum"/>.</summary>
    public static int AtLeast(int minimum, int value, [CallerMemberName] string? name = null) =>
        value >= minimum ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {minimum}");

    /// <summary>Requires an integer of at least <paramref name="minimum"/>.</summary>
    public static long AtLeast(long minimum, long value, [CallerMemberName] string? name = null) =>
        value >= minimum ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {minimum}");

    /// <summary>Requires a number of at least <paramref name="minimum"/>. NaN is rejected.</summary>
    public static double AtLeast(double minimum, double value, [CallerMemberName] string? name = null) =>
        value >= minimum ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {minimum}");

    /// <summary>
    /// Requires a number between <paramref name="minimum"/> and <paramref name="maximum"/>, inclusive. NaN is rejected.
    /// </summary>
    public static double InRange(double minimum, double maximum, double value, [CallerMemberName] string? name = null) =>
        value >= minimum && value <= maximum
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {minimum} to {maximum}");

    /// <summary>Requires a finite number above 0.</summary>
    public static float Positive(float value, [CallerMemberName] string? name = null) =>
        value > 0 && float.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a positive number");

    /// <summary>Requires a finite number above 0.</summary>
    public static double Positive(double value, [CallerMemberName] string? name = null) =>
        value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a positive number");

    /// <summary>Requires a duration above 0 and short enough for a timer, less than 24 days.</summary>
    public static TimeSpan Positive(TimeSpan value, [CallerMemberName] string? name = null) =>
        value > TimeSpan.Zero && value.TotalMilliseconds < int.MaxValue
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive and below 24 days");

    /// <summary>Requires a defined member of an enumeration.</summary>
    public static T Defined<T>(T value, [CallerMemberName] string? name = null)
        where T : struct, Enum =>
        Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be one of {string.Join(", ", Enum.GetNames<T>())}");
}
