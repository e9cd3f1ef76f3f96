using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using TorchSharp;

namespace Tacit.Cli.Options;

/// <summary>The option --device, which selects the device of tensors.</summary>
internal static class Devices
{
    /// <summary>Creates the option. It accepts "cpu" (the default), "cuda" and "cuda:N".</summary>
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

    /// <summary>Loads libtorch and verifies that this machine has the device.</summary>
    /// <param name="name">The name of the device.</param>
    /// <param name="terminal">Receives a line if libtorch is downloaded.</param>
    /// <returns><paramref name="name"/>.</returns>
    /// <exception cref="UsageException">The machine does not have the device, or libtorch is missing and cannot be downloaded.</exception>
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
