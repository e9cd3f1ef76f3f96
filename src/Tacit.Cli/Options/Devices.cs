using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using TorchSharp;

namespace Tacit.Cli.Options;

/// <summary>--device: where tensors are computed.</summary>
internal static class Devices
{
    /// <summary>The option.</summary>
    public static Option<string> Option()
    {
        var option = new Option<string>("--device")
        {
            Description = "The device to compute on.",
            HelpName = "cpu|cuda[:N]",
            DefaultValueFactory = _ => "cpu",
        };
        option.CustomParser = result =>
        {
            var name = result.Tokens[0].Value;
            if (!IsName(name))
            {
                result.AddError($"--device is cpu, cuda or cuda:N, not {name}");
            }

            return name;
        };
        return option;
    }

    /// <summary>The device's name, if this machine has it; libtorch is loaded then.</summary>
    /// <exception cref="UsageException">It has not, or there is no libtorch.</exception>
    public static string Check(string name, Terminal terminal)
    {
        LibTorchPackage.OfThisUser().Load(terminal.Error);
        return name == "cpu" || torch.cuda.is_available()
            ? name
            : throw new UsageException(
                $"--device {name}: this machine has no CUDA device, or Tacit was built without CUDA (TorchBackend=cuda); use cpu"
            );
    }

    private static bool IsName(string name) =>
        name is "cpu" or "cuda" || (name.StartsWith("cuda:", StringComparison.Ordinal) && byte.TryParse(name.AsSpan(5), out _));
}
