package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.FileAccessException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.io.json.Json;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.loss.Mse;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.optim.Adam;
import dev.quern.tensor.Shape;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
  @TempDir Path dir;
  private final List<String> warnings = new ArrayList<>();

  private static Dataset data() {
    byte[] pixels = new byte[30 * 4];
    int[] labels = new int[30];
    for (int i = 0; i < 30; i++) {
      labels[i] = i % 2;
      pixels[4 * i + labels[i]] = (byte) (100 + i);
    }
    return Dataset.of("pairs", Shape.of(1, 2, 2), List.of("a", "b"), pixels, labels);
  }

  private static TrainerBuilder builder() {
    return Trainer.builder(Network.of("two", Shape.of(1, 2, 2), new Flatten(), new Linear(2)))
        .batch(10)
        .optimizer(new Adam(0.01f));
  }

  private Checkpoints checkpoints() {
    return Checkpoints.in(dir.resolve("run")).warnings(warnings::add);
  }

  /** Two epochs of three steps; leaves checkpoints of steps 3 and 6. */
  private void train() {
    try (Trainer t = builder().build()) {
      t.fit(data(), 2, checkpoints().info(Map.of("who", "a test")).of(t));
    }
  }

  private Path file(int steps) {
    return dir.resolve("run/checkpoint-00000000" + steps + ".safetensors");
  }

  @Test
  void holdsTheWholeStateToTheBit() {
    try (Trainer t = builder().validation(data()).ema(0.9).build()) {
      t.fit(data(), 2, checkpoints().of(t));
      Checkpoint last = checkpoints().latest();
      TrainingState wanted = t.state();
      assertThat(last.state().network()).isEqualTo(wanted.network());
      assertThat(last.state().settings()).isEqualTo(wanted.settings());
      assertThat(last.state().tensors().keySet())
          .contains("weights.linear1.weight", "ema.linear1.bias")
          .contains("optimizer.exp_avg.linear1.weight", "optimizer.exp_avg_sq.linear1.bias")
          .isEqualTo(wanted.tensors().keySet());
      wanted
          .tensors()
          .forEach((name, v) -> assertThat(last.state().tensors().get(name)).isEqualTo(v));
      TrainingState.Fit fit = last.state().progress().fit();
      assertThat(last.state().progress().steps()).isEqualTo(6);
      assertThat(fit.epochs()).isEqualTo(2);
      assertThat(fit.data()).isEqualTo("pairs");
      assertThat(fit.done()).hasSize(2).allMatch(e -> e.validation().orElseThrow().images() == 30);
      assertThat(last.info()).containsKeys("isa", "openblas_core", "openblas", "version");
    }
  }

  /** Under a loss without right and wrong, epochs have no accuracy. */
  @Test
  void epochsWithoutAccuracyAreKept() {
    float[][] rows = new float[30][2];
    Dataset numbers = data().withTargets(rows);
    try (Trainer t = builder().loss(new Mse()).validation(numbers).build()) {
      t.fit(numbers, 2, checkpoints().of(t));
    }
    TrainingState saved = checkpoints().latest().state();
    assertThat(saved.settings()).containsEntry("loss", "Mse[reduction=MEAN]");
    assertThat(saved.progress().fit().done())
        .hasSize(2)
        .allSatisfy(e -> assertThat(e.accuracy()).isNaN())
        .allSatisfy(e -> assertThat(e.validation().orElseThrow().accuracy()).isNaN())
        .allSatisfy(e -> assertThat(e.loss()).isPositive());
    try (Trainer t = builder().loss(new Mse()).validation(numbers).build()) {
      t.restore(saved);
      assertThat(t.fit(numbers, 2).epochs()).isEqualTo(saved.progress().fit().done());
    }
  }

  /** The text of a checkpoint does not tell that the class has an Optional. */
  @Test
  void aValidationIsItsFiguresOrNull() {
    TrainingState.Progress progress =
        new TrainingState.Progress(
            6, 6, 0, 2, new TrainingState.Fit(3, "d", 30, epochs(), 0, 0, 0, 0, 0L));
    String text =
        "{\"steps\":6,\"updates\":6,\"accumulated\":0,\"epochs\":2,\"fit\":{\"epochs\":3,\"data\":\"d\","
            + "\"images\":30,\"done\":[{\"epoch\":1,\"loss\":1.0,\"accuracy\":0.5,\"seconds\":2.0,"
            + "\"imagesPerSecond\":15.0,\"validation\":{\"accuracy\":0.5,\"loss\":1.0,\"images\":10,\"scores\":{}}},"
            + "{\"epoch\":2,\"loss\":1.0,\"accuracy\":0.5,\"seconds\":2.0,\"imagesPerSecond\":15.0,"
            + "\"validation\":null}],\"step\":0,\"lossSum\":0.0,\"correct\":0,\"seconds\":0.0,\"answers\":0},\"unfrozen\":[]}";
    assertThat(Json.write(progress)).isEqualTo(text);
    assertThat(Json.read("progress", text, TrainingState.Progress.class)).isEqualTo(progress);
    String without = text.replace(",\"validation\":null", "");
    assertThat(Json.read("progress", without, TrainingState.Progress.class)).isEqualTo(progress);
    String scoreless = text.replace(",\"scores\":{}", "");
    assertThat(Json.read("progress", scoreless, TrainingState.Progress.class)).isEqualTo(progress);
    String frozen = text.replace(",\"unfrozen\":[]", "");
    assertThat(Json.read("progress", frozen, TrainingState.Progress.class)).isEqualTo(progress);
    String old = text.replace(",\"answers\":0", "");
    assertThat(Json.read("progress", old, TrainingState.Progress.class).fit().answers()).isNull();
  }

  /** Files of any version have this key. */
  @Test
  void metricsAreScoresInFiles() {
    Evaluation evaluation = new Evaluation(0.5, 1, 10, Map.of("f1_macro", 0.25));
    String text = "{\"accuracy\":0.5,\"loss\":1.0,\"images\":10,\"scores\":{\"f1_macro\":0.25}}";
    assertThat(Json.write(evaluation)).isEqualTo(text);
    assertThat(Json.read("evaluation", text, Evaluation.class)).isEqualTo(evaluation);
  }

  private static List<History.Epoch> epochs() {
    Optional<Evaluation> validation = Optional.of(new Evaluation(0.5, 1, 10));
    return List.of(
        new History.Epoch(1, 1, 0.5, 2, 15, validation),
        new History.Epoch(2, 1, 0.5, 2, 15, Optional.empty()));
  }

  @Test
  void newestIsFoundAndOldOnesGo() throws IOException {
    train();
    assertThat(checkpoints().latest().file()).isEqualTo(file(6));
    assertThat(checkpoints().latest().info()).containsEntry("who", "a test");
    try (Trainer t = builder().build()) {
      t.fit(data(), 3, checkpoints().keep(1).of(t));
    }
    try (var files = Files.list(dir.resolve("run"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("checkpoint-000000009.safetensors", "best.safetensors");
    }
  }

  @Test
  void damagedOnesArePassedOver() throws IOException {
    train();
    byte[] whole = Files.readAllBytes(file(6));
    for (int at : new int[] {3, 60, whole.length / 2, whole.length - 20, whole.length - 1}) {
      warnings.clear();
      byte[] tampered = whole.clone();
      tampered[at] ^= 4;
      Files.write(file(6), tampered);
      assertThat(checkpoints().latest().file()).as("byte %d", at).isEqualTo(file(3));
      assertThat(warnings).singleElement().asString().contains(file(6).toString());
    }
    for (int length : new int[] {0, 7, 100, whole.length - 1}) {
      Files.write(file(6), Arrays.copyOf(whole, length));
      assertThat(checkpoints().latest().file()).as("%d bytes", length).isEqualTo(file(3));
    }
    Files.write(file(3), new byte[10]);
    assertThatThrownBy(() -> checkpoints().latest())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("every checkpoint in")
        .hasMessageContaining(file(6).toString());
  }

  @Test
  void tamperedMetadataIsFound() throws IOException {
    train();
    String text =
        new String(Files.readAllBytes(file(6)), java.nio.charset.StandardCharsets.ISO_8859_1);
    String other = text.replace("\\\"steps\\\":6", "\\\"steps\\\":5");
    assertThat(other).isNotEqualTo(text);
    Files.write(file(6), other.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    assertThat(checkpoints().latest().file()).isEqualTo(file(3));
    assertThat(warnings).singleElement().asString().contains("checksum");
  }

  @Test
  void noneAndUnwritable() throws IOException {
    assertThat(checkpoints().isEmpty()).isTrue();
    assertThatThrownBy(() -> checkpoints().latest())
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("run");
    Path file = Files.writeString(dir.resolve("file"), "in the way");
    try (Trainer t = builder().build()) {
      assertThatThrownBy(() -> Checkpoints.in(file.resolve("run")).save(t))
          .isInstanceOf(QuernException.class)
          .hasMessageContaining(file.toString());
    }
    assertThat(file).hasContent("in the way");
    assertThatThrownBy(() -> checkpoints().keep(0)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> checkpoints().everySteps(-1))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void errorWhileWritingEndsTrainingAndKeepsTheOlder() throws IOException {
    train();
    Path inTheWay = Files.createDirectories(dir.resolve("run/checkpoint-000000009.safetensors/x"));
    try (Trainer t = builder().build()) {
      assertThatThrownBy(
              () -> {
                t.restore(CheckpointFile.read(file(3)).state());
                t.fit(data(), 2, checkpoints().of(t));
                t.fit(data(), 2, checkpoints().of(t));
              })
          .isInstanceOf(FileAccessException.class)
          .hasMessageContaining("checkpoint-000000009");
    }
    assertThat(checkpoints().latest().file()).isEqualTo(file(6));
    assertThat(inTheWay).exists();
  }
}
