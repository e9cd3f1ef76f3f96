using Tacit.Learning.Clips.Augmentation;

namespace Tacit.Learning.Tests.Clips.Augmentation;

[NoTensorLeaks]
public sealed class HueRotationTests
{
    [Theory]
    [InlineData(-0.5)]
    [InlineData(-0.13)]
    [InlineData(0.02)]
    [InlineData(0.4)]
    public void Hue_is_turned(double turn) => PixelCheck.Every(clip => HueRotation.Apply(clip, turn), (pixel, _) => Turned(pixel, turn));

    [Fact]
    public void A_third_of_a_turn_makes_red_green_and_green_blue() =>
        PixelCheck.Every(clip => HueRotation.Apply(clip, 1.0 / 3), (pixel, _) => (pixel.B, pixel.R, pixel.G));

    // The textbook method: conversion to hue in degrees, saturation and value, and back by sectors of 60 degrees.
    private static Pixel Turned(Pixel pixel, double turn)
    {
        var (r, g, b) = pixel;
        var (value, least) = (Math.Max(r, Math.Max(g, b)), Math.Min(r, Math.Min(g, b)));
        var chroma = value - least;
        var hue =
            chroma == 0 ? 0
            : value == r ? 60 * (g - b) / chroma
            : value == g ? 120 + 60 * (b - r) / chroma
            : 240 + 60 * (r - g) / chroma;
        hue = (hue + 360 * turn + 720) % 360;
        var saturation = value == 0 ? 0 : chroma / value;
        var sector = (int)(hue / 60);
        var rest = hue / 60 - sector;
        var (p, q, t) = (value * (1 - saturation), value * (1 - saturation * rest), value * (1 - saturation * (1 - rest)));
        return sector switch
        {
            0 => (value, t, p),
            1 => (q, value, p),
            2 => (p, value, t),
            3 => (p, q, value),
            4 => (t, p, value),
            _ => (value, p, q),
        };
    }
}
