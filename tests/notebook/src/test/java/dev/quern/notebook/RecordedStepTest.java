package dev.quern.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.io.Safetensors;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordedStepTest {
  @TempDir Path temp;

  private final LinkedHashMap<String, Safetensors.Entry> tensors = Records.step();

  private RecordedStep read() {
    return RecordedStep.read(Records.write(temp.resolve("step.safetensors"), tensors));
  }

  private void assertRefused(String reason) {
    assertThatThrownBy(this::read)
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "replay: "
                + temp.resolve("step.safetensors")
                + " is not a recorded step of the notebook: "
                + reason);
  }

  @Test
  void readsAStep() {
    RecordedStep step = read();
    assertThat(step.images()).isEqualTo(6);
    assertThat(step.labels()).containsExactly(Records.labels());
    assertThat(step.values("before.K2")).containsExactly(2, 1, 0, 1, 1, 0, 0, 0, 0);
    assertThat(step.floats("x")[0]).isEqualTo(Records.pixels()[0] & 0xff);
  }

  @Test
  void aStepHasTheseTensorsAndNoOthers() {
    assertThat(RecordedStep.shapes(6).keySet())
        .containsExactlyInAnyOrderElementsOf(tensors.keySet());
  }

  @ParameterizedTest
  @CsvSource({"x", "y", "before.b4", "dK1", "after.K2", "loss"})
  void refusesAStepWithoutATensor(String name) {
    tensors.remove(name);
    assertRefused("there is no tensor " + name);
  }

  @Test
  void refusesATensorOfAnotherShape() {
    tensors.put("dx", Records.zeros(5, 3, 32, 32));
    assertRefused("tensor dx is 5x3x32x32, 6x3x32x32 is wanted");
  }

  @Test
  void refusesImagesOfAnotherShape() {
    tensors.put("x", Records.zeros(6, 3, 28, 28));
    assertRefused("tensor x is 6x3x28x28, 6x3x32x32 is wanted");
    tensors.put("x", Records.zeros(6, 3072));
    assertRefused("tensor x is 6x3072, images of 3x32x32 are wanted");
    tensors.put("x", Records.zeros(0, 3, 32, 32));
    assertRefused("tensor x is 0x3x32x32, images of 3x32x32 are wanted");
  }

  @ParameterizedTest
  @CsvSource({
    "x, 0.5, whole numbers are wanted",
    "x, 256, numbers from 0 to 255 are wanted",
    "x, -1, numbers from 0 to 255 are wanted",
    "x, NaN, whole numbers are wanted",
    "y, 10, numbers from 0 to 9 are wanted",
    "before.K1, 1.5, whole numbers are wanted",
    "before.K2, Infinity, whole numbers are wanted",
    "before.K1, 1e40, which is no finite float32",
    "before.W3, NaN, which is no finite float32",
    "before.b4, -1e39, which is no finite float32"
  })
  void refusesNumbersThatTheNotebookNeverHas(String name, double number, String rule) {
    Shape shape = tensors.get(name).shape();
    double[] values = new double[(int) shape.elements()];
    values[values.length - 1] = number;
    tensors.put(name, Safetensors.Entry.doubles(shape, values));
    assertRefused("tensor " + name + " holds " + number + ", " + rule);
  }

  @Test
  void refusesATensorOfIntegers() {
    tensors.put("y", Safetensors.Entry.longs(Shape.of(6), 3, 0, 9, 3, 5, 1));
    assertThatThrownBy(this::read)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("tensor y is I64, expected F64");
  }

  @Test
  void refusesAFileOfAnotherKind() throws IOException {
    Path file = Files.writeString(temp.resolve("notes.txt"), "no tensors here, only words");
    assertThatThrownBy(() -> RecordedStep.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void refusesAFileCutShort() throws IOException {
    Path file = Records.write(temp.resolve("step.safetensors"), tensors);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> RecordedStep.read(file)).isInstanceOf(FormatException.class);
  }

  @Test
  void saysThatAFileIsNotThere() {
    Path file = temp.resolve("nowhere.safetensors");
    assertThatThrownBy(() -> RecordedStep.read(file))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(file.toString());
  }
}
