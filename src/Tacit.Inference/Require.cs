using System.Runtime.CompilerServices;
using Tacit.Inference.Images;

namespace Tacit.Inference;

// Guards of option setters: they return the value, and name the property that was set.
internal static class Require
{
    public static int AtLeast(int minimum, int value, [CallerMemberName] string? name = null) =>
        value >= minimum ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {minimum}");

    public static long AtLeast(long minimum, long value, [CallerMemberName] string? name = null) =>
        value >= minimum ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {minimum}");

    public static double InRange(double minimum, double maximum, double value, [CallerMemberName] string? name = null) =>
        value >= minimum && value <= maximum
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must lie between {minimum} and {maximum}");

    public static float Positive(float value, [CallerMemberName] string? name = null) =>
        value > 0 && float.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a positive number");

    public static ChannelTriple Finite(ChannelTriple value, [CallerMemberName] string? name = null) =>
        float.IsFinite(value.First) && float.IsFinite(value.Second) && float.IsFinite(value.Third)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite");

    public static ChannelTriple Positive(ChannelTriple value, [CallerMemberName] string? name = null)
    {
        Positive(value.First, name);
        Positive(value.Second, name);
        Positive(value.Third, name);
        return value;
    }

    // As long as a timer can be set.
    public static TimeSpan Positive(TimeSpan value, [CallerMemberName] string? name = null) =>
        value > TimeSpan.Zero && value.TotalMilliseconds < int.MaxValue
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive and below 24 days");

    public static T Defined<T>(T value, [CallerMemberName] string? name = null)
        where T : struct, Enum =>
        Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be one of {string.Join(", ", Enum.GetNames<T>())}");
}
