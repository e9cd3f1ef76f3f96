using System.CommandLine;

namespace Tacit.Cli.Options;

/// <summary>Creates options that accept one of a few words.</summary>
internal static class Choices
{
    /// <summary>Creates an option. Its default is the first word. The words are case-sensitive and offered by shell completion.</summary>
    /// <param name="name">The name, for example "--preset".</param>
    /// <param name="description">The description in the help.</param>
    /// <param name="words">The accepted words; at least one.</param>
    public static Option<string> Of(string name, string description, params string[] words)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => words[0],
        };
        option.CompletionSources.Add(words);
        option.CustomParser = result =>
        {
            var word = result.Tokens[0].Value;
            if (!words.Contains(word))
            {
                result.AddError($"{name} is one of {string.Join(", ", words)}, not {word}");
            }

            return word;
        };
        return option;
    }
}
