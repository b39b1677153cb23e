package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.error.NumericException;
import dev.quern.error.QuernException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokenDatasetFileTest {
  @TempDir Path dir;

  private void refuses(Class<? extends QuernException> type, RawTensors raw, String message)
      throws IOException {
    Path file = raw.write(dir.resolve("x.safetensors"));
    assertThatThrownBy(() -> DatasetFile.load(file))
        .isExactlyInstanceOf(type)
        .hasMessageStartingWith("data set file: " + file + ": ")
        .hasMessageContaining(message);
  }

  private void refuses(RawTensors raw, String message) throws IOException {
    refuses(FormatException.class, raw, message);
  }

  private static RawTensors inputs() {
    return RawTensors.dataset().tensor("inputs", "U8", "2,1", 1, 2);
  }

  @Test
  void formatAndVersion() throws IOException {
    refuses(inputs().without("format"), "its metadata has no format \"quern-dataset\"");
    refuses(inputs().with("format", "quern-model"), "not a data set");
    refuses(inputs().with("format_version", "2"), "it has format_version 2, expected 1");
    refuses(inputs().without("format_version"), "format_version null");
  }

  @Test
  void tensorsOfOtherNames() throws IOException {
    refuses(inputs().tensor("input", "U8", "2,1", 1, 2), "tensor input is not one of inputs");
    refuses(inputs().tensor("targetsx", "U8", "2", 1, 2), "tensor targetsx is not one of");
    refuses(RawTensors.dataset().tensor("targets", "F32", "2", 1, 2), "has no tensor \"inputs\"");
    refuses(
        inputs().tensor("inputs.b", "U8", "2,1", 1, 2),
        "several inputs must be named inputs.NAME: [inputs, inputs.b]");
    refuses(
        inputs().tensor("targets.a", "F32", "2", 1, 2).tensor("targets", "F32", "2", 1, 2),
        "several targets must be named targets.NAME");
  }

  @Test
  void sizesThatDiffer() throws IOException {
    refuses(
        inputs().tensor("targets", "F32", "3", 1, 2, 3),
        "tensor targets has 3 samples, but inputs has 2");
    refuses(
        RawTensors.dataset()
            .tensor("inputs.a", "U8", "2,1", 1, 2)
            .tensor("inputs.b", "U8", "1,1", 1),
        "tensor inputs.b has 1 samples, but inputs.a has 2");
  }

  @Test
  void shapesThatAreNoSamples() throws IOException {
    refuses(
        RawTensors.dataset().tensor("inputs", "U8", "2", 1, 2),
        "tensor inputs of shape 2 is not an array of samples [N, ...]");
    refuses(
        RawTensors.dataset().tensor("inputs", "U8", "2,0"), "tensor inputs of shape 2x0 is not");
    refuses(
        inputs().tensor("targets", "F32", "2,0,3"),
        "tensor targets of shape 2x0x3 is not an array of samples");
    refuses(
        RawTensors.dataset().tensor("inputs", "U8", "0,4294967296"),
        "tensor inputs of shape 0x4294967296 is not an array of samples");
  }

  @Test
  void labelsOutsideTheirClasses() throws IOException {
    RawTensors none = inputs().tensor("targets", "I64", "2", 0, 1);
    refuses(none, "tensor targets has labels: the metadata must have the key classes, a JSON list");
    for (double label : new double[] {2, -1, 1e18, -1e18, 4294967296d}) {
      RawTensors raw = inputs().tensor("targets", "I64", "2", 0, label);
      refuses(raw.with("classes", "[\"a\",\"b\"]"), "of sample 1 is outside [0, 2)");
    }
  }

  @Test
  void classesThatAreNone() throws IOException {
    RawTensors labels = inputs().tensor("targets", "I64", "2", 0, 1);
    refuses(labels.with("classes", "a, b"), "classes: not JSON");
    refuses(labels.with("classes", "{}"), "key \"classes\"");
    refuses(labels.with("classes", "[1, 2]"), "key \"classes\"");
    refuses(labels.with("classes", "[]"), "must have the key classes");
    refuses(
        inputs().with("classes", "[\"a\"]"),
        "key classes of the metadata lists the classes of tensor targets, which the file");
    refuses(
        inputs().tensor("targets.a", "F32", "2", 1, 2).with("classes.b", "[\"a\"]"),
        "key classes.b of the metadata lists the classes of tensor targets.b, which the file");
    refuses(
        inputs().tensor("targets", "F32", "2,3", 1, 2, 3, 4, 5, 6).with("classes", "[\"a\"]"),
        "classes: 1 class names do not fit targets of 3");
  }

  @Test
  void typesThatAreNone() throws IOException {
    for (String dtype : new String[] {"I64", "BOOL", "I8"}) {
      refuses(
          RawTensors.dataset().tensor("inputs", dtype, "2,1", 1, 2),
          "tensor inputs is " + dtype + ", expected F32, F16");
    }
    refuses(inputs().tensor("targets", "U64", "2", 1, 2), "tensor targets is U64");
  }

  @Test
  void numbersThatAreNone() throws IOException {
    double[] none = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    for (double v : none) {
      refuses(
          NumericException.class,
          RawTensors.dataset().tensor("inputs", "F32", "2,2", 1, 2, v, 3),
          "tensor inputs has " + v + " in sample 1");
      refuses(
          NumericException.class,
          inputs().tensor("targets", "F64", "2", 1, v),
          "tensor targets has " + v + " in sample 1");
    }
    refuses(
        NumericException.class,
        inputs().tensor("targets", "F64", "2", 1e300, 1),
        "tensor targets has Infinity in sample 0");
  }

  @Test
  void filesCutShortOrMissing() throws IOException {
    Path file = inputs().write(dir.resolve("x.safetensors"));
    byte[] all = Files.readAllBytes(file);
    for (int length : new int[] {0, 7, 8, 60, all.length - 1}) {
      Files.write(file, Arrays.copyOf(all, length));
      assertThatThrownBy(() -> DatasetFile.load(file))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining(file.toString());
    }
    assertThatThrownBy(() -> DatasetFile.load(dir.resolve("none")))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> DatasetFile.load(dir)).hasMessageContaining("not a regular file");
  }
}
