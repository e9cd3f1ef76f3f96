namespace Tacit.Inference.Tests;

// Real networks and images that lie beside the repository, where they are.
internal static class SharedFiles
{
    public static string ResNet20 => Find("data/models/resnet20-cifar10.onnx");

    public static string Cifar10Test => Find("data/cifar10-jpeg/test-5k.zip");

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
