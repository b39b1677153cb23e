package dev.quern.onnx.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.FormatException;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written beside a graph comes back. */
class MetadataTest {
  private static final Network PLAIN = Network.of("plain", Shape.of(3), new Relu());

  private static ModelData read(Map<String, String> metadata) {
    return new ModelData(PLAIN, Map.of(), Map.of(), metadata);
  }

  private static Map<String, String> written(ModelData model) {
    Map<String, String> names = Map.of("relu1", "relu1");
    Map<String, String> all = new HashMap<>(Metadata.of(model, names, model.preprocessing()));
    all.put("producer", "quern 0.1.0");
    return all;
  }

  @Test
  void tasksPreprocessingAndProvenance() {
    Preprocessing own =
        Preprocessing.of(new Normalization(new float[] {0.5f}, new float[] {0.25f}));
    ModelData model =
        new ModelData(
            PLAIN.withTask(Task.multiLabel("a", "b", "c")),
            Map.of(),
            Map.of("input", own),
            Map.of("data", "mine"));
    Map<String, String> metadata = written(model);
    metadata.put("author", "me");
    ModelData restored = Metadata.restored(read(metadata));
    assertThat(restored.network()).isEqualTo(model.network());
    assertThat(restored.preprocessing()).isEqualTo(model.preprocessing());
    assertThat(restored.provenance())
        .isEqualTo(Map.of("data", "mine", "author", "me", "producer", "quern 0.1.0"));
  }

  /** Others' keys of these names mean something else. */
  @Test
  void othersFilesStayAsTheyAre() {
    ModelData other = read(Map.of("producer", "pytorch 2.8", "tasks", "none", "classes", "x"));
    assertThat(Metadata.restored(other)).isSameAs(other);
    ModelData none = read(Map.of());
    assertThat(Metadata.restored(none)).isSameAs(none);
  }

  @Test
  void whatNothingIsSaidOf() {
    ModelData old = read(Map.of("producer", "quern 0.1.0"));
    assertThat(Metadata.restored(old)).isEqualTo(old);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "tasks | {",
        "tasks | []",
        "tasks | {\"relu1\": 3}",
        "tasks | {\"relu1\": \"nothing\"}",
        "tasks | {\"relu1\": {\"type\": \"single_label\", \"classes\": [\"a\"]}}",
        "preprocessing | {\"input\": {}}",
        "preprocessing | {\"input\": {\"mean\": [0, 0], \"std\": [1, 1]}}",
        "detection | {}",
        "detection | null"
      })
  void brokenMetadata(String key, String text) {
    assertThatThrownBy(() -> Metadata.restored(read(Map.of("producer", "quern 0.1.0", key, text))))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("onnx: its metadata: ");
  }
}
