package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** F7: checkpoints with a right checksum and odd content. */
class OddCheckpointTest {
  @TempDir Path dir;
  private Path newest;

  @BeforeEach
  void train() {
    try (Trainer t = SmallRun.builder().build()) {
      t.fit(SmallRun.data(), 2, Checkpoints.in(dir).of(t));
    }
    newest = dir.resolve("checkpoint-000000006.safetensors");
  }

  /**
   * Writes the newest anew with other metadata, and the checksum of that unless that is changed.
   */
  private void tamper(Map<String, String> changes) {
    Safetensors content = Safetensors.read(newest);
    TreeMap<String, String> metadata = new TreeMap<>(content.metadata());
    metadata.remove("sha256");
    changes.forEach(
        (key, value) -> {
          if (value == null) {
            metadata.remove(key);
          } else {
            metadata.put(key, value);
          }
        });
    Map<String, float[]> values = new LinkedHashMap<>();
    LinkedHashMap<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
    for (String name : content.names()) {
      values.put(name, content.floats(name));
      tensors.put(
          name, Safetensors.Entry.floats(Shape.of(values.get(name).length), values.get(name)));
    }
    if (!changes.containsKey("sha256")) {
      metadata.put("sha256", CheckpointFile.digest(metadata, values));
    }
    Safetensors.write(newest, metadata, tensors);
  }

  @Test
  void aCheckpointWithoutAChecksumIsPassedOver() {
    Map<String, String> none = new HashMap<>();
    none.put("sha256", null);
    tamper(none);
    isPassedOver();
  }

  private void isPassedOver() {
    assertThatThrownBy(() -> CheckpointFile.read(newest))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(newest.toString());
    List<String> warnings = new ArrayList<>();
    Checkpoint found = Checkpoints.in(dir).warnings(warnings::add).latest();
    assertThat(found.state().progress().steps()).isEqualTo(3);
    assertThat(warnings).hasSize(1);
  }

  @Test
  void unchangedIsRead() {
    tamper(Map.of());
    assertThat(Checkpoints.in(dir).latest().state().progress().steps()).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"network", "settings", "progress", "format", "format_version"})
  void missingParts(String key) {
    Map<String, String> without = new TreeMap<>();
    without.put(key, null);
    tamper(without);
    isPassedOver();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "7", "{\"batch\": null}", "{\"batch\": [1]}"})
  void oddSettings(String text) {
    tamper(Map.of("settings", text));
    isPassedOver();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{}", "{\"name\": null}"})
  void oddNetworks(String text) {
    tamper(Map.of("network", text));
    isPassedOver();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "\"steps\":6 -> \"steps\":-6",
        "\"steps\":6 -> \"steps\":null",
        "\"steps\":6 -> \"steps\":6.5",
        "\"steps\":6 -> \"steps\":99999999999999999999",
        "\"steps\":6 -> \"steps\":9223372036854775807",
        "\"steps\":6, -> ",
        "\"updates\":6 -> \"updates\":-1",
        "\"updates\":6 -> \"updates\":7",
        "\"accumulated\":0 -> \"accumulated\":-1",
        "\"accumulated\":0 -> \"accumulated\":7",
        "\"epochs\":2,\"fit -> \"epochs\":-2,\"fit",
        "\"epochs\":2,\"fit -> \"epochs\":1,\"fit",
        "\"epochs\":2,\"fit -> \"epochs\":2147483647,\"fit",
        "{\"epochs\":2,\"data -> {\"epochs\":0,\"data",
        "{\"epochs\":2,\"data -> {\"epochs\":-5,\"data",
        "{\"epochs\":2,\"data -> {\"epochs\":1,\"data",
        "\"data\":\"pairs\" -> \"data\":null",
        "\"data\":\"pairs\" -> \"data\":{}",
        "\"images\":30,\"done -> \"images\":0,\"done",
        "\"images\":30,\"done -> \"images\":-30,\"done",
        "\"done\":[ -> \"done\":[null,",
        "\"done\":[ -> \"done\":null,\"x\":[",
        "\"step\":0 -> \"step\":-1",
        "\"step\":0 -> \"step\":1",
        "\"step\":0 -> \"step\":2147483647",
        "\"lossSum\":0.0 -> \"lossSum\":\"NaN\"",
        "\"lossSum\":0.0 -> \"lossSum\":\"Infinity\"",
        "\"lossSum\":0.0 -> \"lossSum\":1e999",
        "\"correct\":0 -> \"correct\":-1",
        "\"seconds\":0.0, -> \"seconds\":-1,",
        "\"seconds\":0.0, -> \"seconds\":\"NaN\",",
        "\"answers\":0 -> \"answers\":-1",
        "\"answers\":0 -> \"answers\":0.5",
        "\"epoch\":1 -> \"epoch\":0",
        "\"epoch\":1 -> \"epoch\":null",
        "\"validation\":null -> \"validation\":{\"accuracy\":2,\"loss\":1,\"images\":1}",
        "\"validation\":null -> \"validation\":{\"accuracy\":1,\"loss\":1,\"images\":-1}",
        "\"validation\":null -> \"validation\":[]",
      })
  void oddProgress(String change) {
    String text = Safetensors.read(newest).metadata().get("progress");
    String[] parts = change.split(" -> ", -1);
    if (parts.length == 2) {
      assertThat(text).contains(parts[0]);
    }
    tamper(Map.of("progress", parts.length == 2 ? text.replace(parts[0], parts[1]) : change));
    isPassedOver();
  }
}
