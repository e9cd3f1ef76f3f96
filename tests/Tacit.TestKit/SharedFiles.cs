using Xunit;

namespace Tacit.TestKit;

/// <summary>
/// Real networks, images and videos, and networks that failed earlier, in ../shared next to the repository. Without them, a test is
/// skipped.
/// </summary>
public static class SharedFiles
{
    /// <summary>A ResNet-20 trained on CIFAR-10, exported by PyTorch with its batch norms.</summary>
    public static string ResNet20 => Model("resnet20-cifar10.onnx");

    /// <summary>5,000 labelled test images of CIFAR-10.</summary>
    public static string Cifar10Test => Find("data/cifar10-jpeg/test-5k.zip");

    /// <summary>The list of 200 surveillance clips, with label, source and split, in the folder of the clips.</summary>
    public static string FightSurveillance => Find("data/videos/fight-surv/clips.csv");

    /// <summary>A network's file.</summary>
    public static string Model(string name) => Find("data/models/" + name);

    /// <summary>The network of a case, such as "01-batch1-weight-reshape-silently-wrong".</summary>
    public static string Case(string name) => Find($"cases/onnx/{name}/model.onnx");

    private static string Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        Assert.Skip($"../shared/{name} is not there");
        return "";
    }
}
