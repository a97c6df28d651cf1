/// What a scene is taught to answer.
public enum TeachingTask: String, Sendable, CaseIterable {
    /// Does this look as usual? From normal or unlabelled pictures.
    case normality
    /// Which kind is this picture? From pictures with a class each.
    case classes
    /// Where is what? From pictures with boxes.
    case boxes
}
