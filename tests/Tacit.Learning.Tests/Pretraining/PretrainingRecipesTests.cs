using System.Text.Json.Nodes;
using Tacit.Graphs;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Pretraining.AscNet;
using Tacit.Learning.Pretraining.Baselines;
using Tacit.Learning.Pretraining.Methods;
using Tacit.Learning.Runs;

namespace Tacit.Learning.Tests.Pretraining;

public sealed class PretrainingRecipesTests
{
    public static TheoryData<PretrainingRecipe> Recipes =>
        [.. PretrainingRecipes.All, new AscNetRecipe { Neighbours = 3, Target = TargetNetwork.None }, new RspNetRecipe { Margin = 1.5 }];

    [Theory]
    [MemberData(nameof(Recipes))]
    public void A_recipe_is_kept_with_its_options(PretrainingRecipe recipe)
    {
        var options = new PretrainingOptions { Recipe = recipe };

        Assert.Equal(recipe, OptionsJson.FromJson<PretrainingOptions>(OptionsJson.ToJson(options)).Recipe);
    }

    [Fact]
    public void What_is_kept_is_the_name_and_what_can_be_set() =>
        Assert.Equal(
            """{"name":"byol","hiddenWidth":4096,"embeddingWidth":256}""",
            OptionsJson.ToJson(new PretrainingOptions { Recipe = new ByolRecipe() })["recipe"]!.ToJsonString()
        );

    [Fact]
    public void A_name_that_is_not_known_is_refused()
    {
        var json = OptionsJson.ToJson(new PretrainingOptions());
        json["recipe"] = new JsonObject { ["name"] = "moco" };

        var failure = Assert.Throws<InvalidFileException>(() => OptionsJson.FromJson<PretrainingOptions>(json, path: "run.json"));

        Assert.StartsWith(
            "the options in run.json cannot be used: there is no method moco; there are ascnet, byol, simsiam, rspnet",
            failure.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Under_the_paper_preset_a_method_has_its_own_momentum()
    {
        Assert.Equal(0.999, PretrainingOptions.Of(PretrainingPreset.Paper, new RspNetRecipe()).TargetMomentum.FirstMomentum);
        Assert.Equal(0.996, PretrainingOptions.Of(PretrainingPreset.Paper, new ByolRecipe()).TargetMomentum.FirstMomentum);
        Assert.Equal(0.97, PretrainingOptions.Of(PretrainingPreset.Tiny, new RspNetRecipe()).TargetMomentum.FirstMomentum);
    }
}
