namespace Tacit.Learning.Evaluation;

/// <summary>A classifier that is trained on the features of some videos and predicts the classes of others.</summary>
public interface IFeatureClassifier
{
    /// <summary>Predicts the class of each test video.</summary>
    /// <param name="features">The features of all videos. The labels of test videos must not be used.</param>
    /// <param name="train">The indices of the training videos; at least one.</param>
    /// <param name="test">The indices of the videos to predict.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The predicted class indices, in the order of <paramref name="test"/>.</returns>
    int[] Predict(LabelledFeatures features, ReadOnlyMemory<int> train, ReadOnlyMemory<int> test, CancellationToken cancellation = default);
}
