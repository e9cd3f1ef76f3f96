namespace Tacit.Learning.Protocols;

/// <summary>Predicts the classes of some videos from others whose classes it may look at.</summary>
public interface IFeatureClassifier
{
    /// <summary>The predicted class of each test video.</summary>
    /// <param name="features">All videos. Labels of test videos are not looked at.</param>
    /// <param name="train">The videos to learn from, at least one.</param>
    /// <param name="test">The videos to predict.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>Indices of classes, in the order of <paramref name="test"/>.</returns>
    int[] Predict(LabelledFeatures features, ReadOnlyMemory<int> train, ReadOnlyMemory<int> test, CancellationToken cancellation = default);
}
