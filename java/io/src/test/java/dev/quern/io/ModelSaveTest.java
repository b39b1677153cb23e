package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Train, save, load, classify: without a word about files or classes in between. */
class ModelSaveTest {
  private static final Dataset DATA =
      Dataset.of(
          "shades",
          Shape.of(1, 1, 2),
          List.of("dark", "bright"),
          new byte[] {0, 10, (byte) 200, (byte) 250, 20, 5, (byte) 240, (byte) 210},
          new int[] {0, 1, 0, 1});

  @TempDir Path dir;

  private static Network network() {
    return Network.builder("shades", Shape.of(1, 1, 2))
        .add("flatten", new Flatten())
        .add("fc", new Linear(2))
        .build();
  }

  @Test
  void savedModelClassifiesByTheNamesOfItsData() {
    Path file = dir.resolve("shades.safetensors");
    try (Trainer trainer = Trainer.builder(network()).batch(4).build()) {
      assertThat(trainer.modelData(Map.of()).classes()).isEmpty();
      trainer.fit(DATA, 200);
      trainer.save(file);
      assertThat(trainer.modelData(List.of("a", "b"), Map.of()).classes())
          .containsExactly("a", "b");
    }
    try (Model model = Model.load(file)) {
      assertThat(model.data().classes()).containsExactly("dark", "bright");
      assertThat(model.classify(new byte[] {1, 2}, 1).get(0).label()).isEqualTo("dark");
      assertThat(model.classify(new byte[] {-1, -2}, 1).get(0).label()).isEqualTo("bright");
    }
  }

  @Test
  void endingDecidesTheFormat() {
    ModelData model = ModelData.untrained(network(), 1);
    assertThatThrownBy(() -> model.save(dir.resolve("m.bin")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("m.bin: the name of a model file must end in .safetensors or .onnx");
    assertThatThrownBy(() -> model.save(dir.resolve("m.onnx")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("writing ONNX requires the module quern-onnx");
    assertThatThrownBy(() -> ModelFile.save(dir.resolve("m.onnx"), model))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("ModelData.save writes ONNX");
    assertThatThrownBy(() -> model.save(dir.resolve("none/m.safetensors")))
        .isInstanceOf(NotFoundException.class);
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void filesOfOtherNamesAreKnownByTheirBytes() throws IOException {
    Path file = dir.resolve("m.safetensors");
    ModelData.untrained(network(), 1).save(file);
    Path renamed = Files.move(file, dir.resolve("model.bin"));
    assertThat(ModelData.load(renamed).network()).isEqualTo(network());
    Path text = Files.writeString(dir.resolve("notes.txt"), "not a model at all");
    assertThatThrownBy(() -> ModelData.load(text))
        .isInstanceOf(FormatException.class)
        .hasMessageEndingWith(
            "is not a model: it is neither an .onnx file nor a .safetensors file");
    assertThatThrownBy(() -> ModelData.load(dir.resolve("gone")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageEndingWith("gone does not exist");
  }
}
