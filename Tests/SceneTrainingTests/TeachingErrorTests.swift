import SceneTraining
import Testing

@Suite struct TeachingErrorTests {
    @Test func saysWhatWhereAndWhatToDo() {
        let error = TeachingError("no labels", at: "crack", remedy: "label one picture")
        #expect(String(describing: error) == "no labels: crack; label one picture")
    }
}
