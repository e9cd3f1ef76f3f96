using CsCheck;
using Tacit.Graphs;
using Tacit.Learning.Clips;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining.AscNet;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Pretraining.AscNet;

[NoTensorLeaks]
public sealed class GalleryTests
{
    private const int Width = 4;

    [Fact]
    public void A_search_finds_what_a_naive_one_does() =>
        Gen.Select(Gen.ULong, Gen.Int[1, 40], Gen.Int[1, 6], Gen.Int[1, 4])
            .Sample(
                (seed, capacity, added, neighbours) =>
                {
                    using var scope = NewDisposeScope();
                    using var gallery = new Gallery(capacity, Width, CPU);
                    var entries = new List<(float[] Appearance, float[] Speed, ClipIdentity Clip)>();
                    for (var batch = 0; batch < added; batch++)
                    {
                        var size = Math.Min(capacity, 6);
                        var (appearance, speed, clips) = Batch(seed, batch, size);
                        gallery.Add(ToTensor(appearance), ToTensor(speed), clips);
                        entries.AddRange(Enumerable.Range(0, size).Select(i => (appearance[i], speed[i], clips[i])));
                    }

                    var kept = entries.TakeLast(capacity).ToList();
                    var (queries, _, identities) = Batch(seed, 99, 5);
                    var matches = gallery.Search(ToTensor(queries), identities, neighbours);
                    for (var query = 0; query < identities.Length; query++)
                    {
                        var expected = kept.Where(entry =>
                                entry.Clip.Speed == identities[query].Speed && entry.Clip.Video != identities[query].Video
                            )
                            .OrderByDescending(entry => entry.Appearance.Zip(queries[query], (x, y) => x * y).Sum())
                            .Take(neighbours)
                            .ToList();
                        Assert.Equal(
                            expected.Select(entry => entry.Clip),
                            matches.Positives.Where(positive => positive.Query == query).Select(positive => positive.Clip)
                        );
                        for (var k = 0; k < expected.Count; k++)
                        {
                            Assert.True(matches.Found[query, k].ToBoolean());
                            Assert.Equal(expected[k].Speed, matches.Speed[query, k].data<float>().ToArray());
                        }
                    }

                    Assert.Equal(kept.Count, gallery.Count);
                },
                iter: 60,
                threads: 1
            );

    [Fact]
    public void Random_positives_are_of_the_same_speed_and_another_video() =>
        Gen.ULong.Sample(
            seed =>
            {
                using var scope = NewDisposeScope();
                using var gallery = Filled(seed, 30);
                var (_, _, clips) = Batch(seed, 7, 10);
                var matches = gallery.Draw(clips, 2, new RandomStream(seed, "draw"));

                Assert.All(
                    matches.Positives,
                    positive =>
                    {
                        Assert.Equal(clips[positive.Query].Speed, positive.Clip.Speed);
                        Assert.NotEqual(clips[positive.Query].Video, positive.Clip.Video);
                    }
                );
            },
            iter: 30,
            threads: 1
        );

    [Fact]
    public void Random_positives_are_spread_over_what_fits()
    {
        using var scope = NewDisposeScope();
        using var gallery = new Gallery(4, Width, CPU);
        gallery.Add(ones(4, Width), ones(4, Width), [.. Enumerable.Range(0, 4).Select(video => new ClipIdentity(0, video, video, 1))]);
        var query = new ClipIdentity(1, 0, 0, 1);
        var counts = new int[4];
        for (var step = 0; step < 300; step++)
        {
            counts[gallery.Draw([query], 1, new RandomStream(1, "draw", step)).Positives[0].Clip.Video]++;
        }

        Assert.Equal(0, counts[0]);
        Assert.All(counts[1..], count => Assert.InRange(count, 70, 130));
    }

    [Fact]
    public void Speeds_are_compared_with_every_entry_of_other_videos()
    {
        using var scope = NewDisposeScope();
        using var gallery = new Gallery(3, 2, CPU);
        gallery.Add(ones(3, 2), tensor(new float[] { 1, 0, 0, 1, 0, -1 }, [3, 2]), [new(0, 0, 1, 1), new(0, 1, 2, 2), new(0, 2, 7, 1)]);
        var speed = tensor(new float[] { 0.6f, 0.8f }, [1, 2]).requires_grad_(true);
        var (similarities, same, other) = gallery.CompareSpeeds(speed, [new(1, 0, 7, 1)]);
        similarities.sum().backward();

        Assert.Equal([0.6f, 0.8f, -0.8f], similarities.data<float>().ToArray());
        Assert.Equal([true, false, false], same.data<bool>().ToArray());
        Assert.Equal([false, true, false], other.data<bool>().ToArray());
        Assert.Equal([1f, 0f], speed.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Clips_of_no_true_speed_find_nothing_and_are_not_found()
    {
        using var scope = NewDisposeScope();
        using var gallery = new Gallery(4, Width, CPU);
        gallery.Add(ones(2, Width), ones(2, Width), [new(0, 0, 1, ClipIdentity.NoSpeed), new(0, 1, 2, 1)]);
        ClipIdentity[] queries = [new(1, 0, 3, ClipIdentity.NoSpeed), new(1, 1, 4, 1)];
        var (_, same, other) = gallery.CompareSpeeds(ones(2, Width), queries);

        Assert.Equal([(1, new ClipIdentity(0, 1, 2, 1))], gallery.Search(ones(2, Width), queries, 2).Positives);
        Assert.Equal([false, false, false, true], same.data<bool>().ToArray());
        Assert.Equal([false, false, false, false], other.data<bool>().ToArray());
    }

    [Fact]
    public void Where_nothing_fits_nothing_is_found()
    {
        using var scope = NewDisposeScope();
        using var gallery = new Gallery(8, Width, CPU);
        gallery.Add(ones(2, Width), ones(2, Width), [new(0, 0, 5, 1), new(0, 1, 6, 2)]);

        Assert.Empty(gallery.Search(ones(1, Width), [new(1, 0, 5, 1)], 3).Positives);
    }

    [Fact]
    public void A_restored_gallery_finds_the_same()
    {
        using var scope = NewDisposeScope();
        using var gallery = Filled(3, 20);
        using var restored = new Gallery(20, Width, CPU);
        restored.Restore(gallery.Save().ToDictionary(part => part.Key, part => part.Value));
        var (queries, speeds, clips) = Batch(3, 11, 6);
        gallery.Add(ToTensor(queries), ToTensor(speeds), clips);
        restored.Add(ToTensor(queries), ToTensor(speeds), clips);

        Assert.Equal(gallery.Search(ToTensor(queries), clips, 3).Positives, restored.Search(ToTensor(queries), clips, 3).Positives);
    }

    [Fact]
    public void A_state_of_another_size_is_refused()
    {
        using var gallery = Filled(3, 20);
        using var other = new Gallery(21, Width, CPU);

        Assert.Throws<InvalidFileException>(() => other.Restore(gallery.Save().ToDictionary(part => part.Key, part => part.Value)));
    }

    private static Gallery Filled(ulong seed, int capacity)
    {
        using var scope = NewDisposeScope();
        var gallery = new Gallery(capacity, Width, CPU);
        for (var batch = 0; batch < 8; batch++)
        {
            var (appearance, speed, clips) = Batch(seed, batch, 5);
            gallery.Add(ToTensor(appearance), ToTensor(speed), clips);
        }

        return gallery;
    }

    private static (float[][] Appearance, float[][] Speed, ClipIdentity[] Clips) Batch(ulong seed, int step, int size)
    {
        var random = new RandomStream(seed, "gallery", step);
        float[][] Vectors() =>
            [
                .. Enumerable
                    .Range(0, size)
                    .Select(_ =>
                    {
                        var vector = new float[Width];
                        random.FillGaussian(vector);
                        return vector;
                    }),
            ];
        return (
            Vectors(),
            Vectors(),
            [.. Enumerable.Range(0, size).Select(row => new ClipIdentity(step, row, random.NextInt32(5), 1 + random.NextInt32(2)))]
        );
    }

    private static Tensor ToTensor(float[][] rows) => tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, Width]);
}
