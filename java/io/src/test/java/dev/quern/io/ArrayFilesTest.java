package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.ClosedException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.NumericException;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrayFilesTest {
  @TempDir Path temp;

  /** Two channels, two rows and eight columns, of samples that say where they are. */
  private static byte[] images(int n, boolean last) {
    byte[] all = new byte[n * 32];
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < 2; c++) {
        for (int p = 0; p < 16; p++) {
          all[i * 32 + (last ? p * 2 + c : c * 16 + p)] = (byte) (i * 32 + c * 16 + p);
        }
      }
    }
    return all;
  }

  private Path keras() throws IOException {
    return Npy.npz(
        temp.resolve("mnist.npz"),
        "x_train",
        Npy.bytes("(3, 4, 5)", new byte[60]),
        "y_train",
        Npy.longs("(3,)", 2, 0, 2),
        "x_test",
        Npy.bytes("(2, 4, 5)", new byte[40]),
        "y_test",
        Npy.longs("(2, 1)", 1, 4));
  }

  @Test
  void readsWhatKerasWrites() throws IOException {
    try (ArrayFiles mnist = ArrayFiles.builder(keras()).open()) {
      assertThat(mnist)
          .hasToString("ArrayFiles mnist: 3 training, 0 validation and 2 test samples");
      assertThat(mnist.classes()).containsExactly("0", "1", "2", "3", "4");
      assertThat(mnist.train().shape()).isEqualTo(Shape.of(1, 4, 5));
      assertThat(mnist.train().name()).isEqualTo("mnist");
      assertThat(mnist.train().label(0)).isEqualTo(2);
      assertThat(mnist.test().label(1)).isEqualTo(4);
      assertThat(mnist.validation().size()).isZero();
    }
  }

  @Test
  void channelsLastBecomeFirst() throws IOException {
    byte[] y = Npy.longs("(3,)", 0, 1, 1);
    Path last =
        Npy.npz(temp.resolve("a.npz"), "x", Npy.bytes("(3, 2, 8, 2)", images(3, true)), "y", y);
    Path first =
        Npy.npz(temp.resolve("b.npz"), "x", Npy.bytes("(3, 2, 2, 8)", images(3, false)), "y", y);
    for (long memory : new long[] {1 << 20, 0}) {
      try (ArrayFiles a = layout(last, ArrayLayout.NHWC).memory(memory).open();
          ArrayFiles b = layout(first, ArrayLayout.NCHW).memory(memory).open();
          ArrayFiles c = layout(last, ArrayLayout.AS_IS).memory(memory).open()) {
        assertThat(a.train().shape()).isEqualTo(Shape.of(2, 2, 8));
        assertThat(c.train().shape()).isEqualTo(Shape.of(2, 8, 2));
        for (int i = 0; i < 3; i++) {
          assertThat(a.train().image(i))
              .isEqualTo(b.train().image(i))
              .startsWith(32 * i, 32 * i + 1);
        }
      }
    }
    // both ends, or none, may be the channels
    assertThatThrownBy(() -> ArrayFiles.builder(last).open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("array x: shape 3x2x8x2 fits [N, C, H, W] and [N, H, W, C]");
    Path told =
        Npy.npz(temp.resolve("c.npz"), "x", Npy.bytes("(3, 5, 5, 2)", new byte[150]), "y", y);
    assertThat(ArrayFiles.builder(told).open().train().shape()).isEqualTo(Shape.of(2, 5, 5));
  }

  private static ArrayFilesBuilder layout(Path path, ArrayLayout layout) {
    return ArrayFiles.builder(path).layout(layout);
  }

  @Test
  void aFolderOfArraysIsDivided() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("pets"));
    float[] x = new float[10 * 3];
    long[] y = new long[10];
    for (int i = 0; i < 10; i++) {
      x[3 * i] = i;
      y[i] = i % 2;
    }
    Files.write(folder.resolve("images.npy"), Npy.floats("(10, 3)", x));
    Files.write(folder.resolve("labels.npy"), Npy.longs("(10,)", y));
    Files.writeString(folder.resolve("classes.txt"), "cat\ndog\n\n");
    Files.writeString(folder.resolve("notes.txt"), "no array");
    for (long memory : new long[] {1 << 20, 0}) { // in memory, and left in the file
      ArrayFiles pets = ArrayFiles.builder(folder).split(0.8, 1).memory(memory).open();
      assertThat(pets.classes()).containsExactly("cat", "dog");
      assertThat(pets.train().size()).isEqualTo(8);
      assertThat(pets.test().size()).isEqualTo(2);
      assertThat(pets.test().label(0)).isNotEqualTo(pets.test().label(1));
      Dataset train = pets.train();
      assertThat(train.kind()).isEqualTo(Dataset.Kind.FLOATS);
      assertThat(train.readers()).isGreaterThanOrEqualTo(1);
      for (int i = 0; i < 8; i++) {
        assertThat((int) train.floats(i)[0] % 2).isEqualTo(train.label(i));
      }
      assertThat(train.normalization().mean()[0]).isFinite();
      pets.close();
      if (memory == 0) {
        assertThatThrownBy(() -> train.floats(0)).isInstanceOf(ClosedException.class);
      }
    }
    assertThat(ArrayFiles.builder(folder).open().train().size()).isEqualTo(10);
    try (ArrayFiles cut = ArrayFiles.builder(folder).memory(0).open()) {
      Files.write(folder.resolve("images.npy"), new byte[90]);
      assertThatThrownBy(() -> cut.train().floats(9))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("sample 9: the file was truncated");
      assertThatThrownBy(() -> cut.train().floats(10)).isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> cut.train().copyBytes(0, ByteBuffer.allocate(3)))
          .isInstanceOf(InvalidArgumentException.class);
    }
  }

  @Test
  void filesOfPartsAndSafetensors() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("parts"));
    byte[] y = Npy.longs("(1,)", 1);
    Npy.npz(folder.resolve("train.npz"), "x", Npy.bytes("(1, 3, 8, 8)", new byte[192]), "y", y);
    Npy.npz(
        folder.resolve("val.npz"), "images", Npy.bytes("(1, 3, 8, 8)", new byte[192]), "labels", y);
    LinkedHashMap<String, Safetensors.Entry> test = new LinkedHashMap<>();
    test.put("x", Safetensors.Entry.bytes(Shape.of(2, 3, 8, 8), new byte[384]));
    test.put("y", Safetensors.Entry.longs(Shape.of(2), 0, 2));
    test.put("weights", Safetensors.Entry.longs(Shape.of(1), 0));
    Safetensors.write(
        folder.resolve("test.safetensors"), Map.of("classes", "[\"a\",\"b\",\"c\"]"), test);
    for (long memory : new long[] {1 << 20, 0}) {
      try (ArrayFiles all = ArrayFiles.builder(folder).split(0.5, 1).memory(memory).open()) {
        assertThat(List.of(all.train().size(), all.validation().size(), all.test().size()))
            .containsExactly(1, 1, 2);
        assertThat(all.classes()).containsExactly("a", "b", "c");
        assertThat(all.test().image(1)).hasSize(192);
      }
    }
    assertThat(ArrayFiles.isAt(folder)).isTrue();
    assertThat(ArrayFiles.isAt(folder.resolve("test.safetensors"))).isTrue();
    assertThat(ArrayFiles.isAt(temp)).isFalse();
    assertThat(ArrayFiles.isAt(temp.resolve("none.npz"))).isFalse();
  }

  @Test
  void safetensorsOfOtherToolsSayTheirFormat() throws IOException {
    LinkedHashMap<String, Safetensors.Entry> all = new LinkedHashMap<>();
    all.put("x", Safetensors.Entry.bytes(Shape.of(2, 4, 4), new byte[32]));
    all.put("y", Safetensors.Entry.longs(Shape.of(2), 0, 1));
    for (String name : List.of("a.safetensors", "a.st")) {
      Path file = temp.resolve(name);
      Safetensors.write(file, Map.of("format", "pt"), all);
      assertThat(ArrayFiles.isAt(file)).isTrue();
      try (ArrayFiles of = ArrayFiles.builder(file).open()) {
        assertThat(of.train().size()).isEqualTo(2);
      }
    }
  }

  /** Pictures may have a pickled dictionary beside them. */
  @Test
  void aFileOfOtherThingsMakesNoFolderOfArrays() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("pictures/cats")).getParent();
    byte[] objects = Npy.of("{'descr': '|O', 'fortran_order': False, 'shape': (), }", (byte) 1);
    Files.write(folder.resolve("embeddings.npy"), objects);
    assertThat(ArrayFiles.isAt(folder)).isFalse();
    Files.write(folder.resolve("images.npy"), objects);
    assertThat(ArrayFiles.isAt(folder)).isTrue();
  }

  @Test
  void targets() throws IOException {
    byte[] x = Npy.bytes("(2, 2, 3)", new byte[12]);
    Dataset numbers = only("x", x, "y", Npy.floats("(2,)", 0.5f, 2)).train();
    assertThat(numbers.targetShape()).isEqualTo(Shape.of(1));
    assertThat(numbers.target(1)).containsExactly(2);
    Dataset masks = only("x", x, "y", Npy.bytes("(2, 2, 3)", new byte[12])).train();
    assertThat(masks.targetShape()).isEqualTo(Shape.of(2, 3));
    Dataset several = only("x", x, "y", Npy.floats("(2, 3)", 1, 0, 1, 0, 0, 1)).train();
    assertThat(several.targetShape()).isEqualTo(Shape.of(3));
    float[] pictures = new float[2 * 2 * 3 * 3];
    pictures[1] = 7;
    Path file = Npy.npz(temp.resolve("t.npz"), "x", x, "y", Npy.floats("(2, 2, 3, 3)", pictures));
    Dataset images = layout(file, ArrayLayout.NHWC).open().train();
    assertThat(images.targetShape()).isEqualTo(Shape.of(3, 2, 3));
    assertThat(images.target(0)[6]).isEqualTo(7);
  }

  private ArrayFiles only(Object... entries) throws IOException {
    return ArrayFiles.builder(Npy.npz(temp.resolve("o.npz"), entries)).open();
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    byte[] x = Npy.bytes("(2, 2, 3)", new byte[12]);
    byte[] y = Npy.longs("(2,)", 0, 1);
    refuses("labels or targets [] and others [q]", "x", x, "q", y);
    refuses("has samples [], labels", "y", y);
    refuses(
        "y: shape 3 does not fit the samples 2x2x3 of x", "x", x, "y", Npy.longs("(3,)", 0, 0, 0));
    refuses("label -1 of sample 1", "x", x, "y", Npy.longs("(2,)", 0, -1));
    refuses("label 70000 of sample 0", "x", x, "y", Npy.longs("(2,)", 70000, 1));
    refuses("a second array for the same samples", "x", x, "images", x, "y", y);
    refuses(
        "array x of shape 2 is not an array of samples [N, ...]",
        "x",
        Npy.bytes("(2,)", new byte[2]),
        "y",
        y);
    refuses("x of shape 2x0 is not an array of samples", "x", Npy.bytes("(2, 0)"), "y", y);
    assertThatThrownBy(() -> only("x", Npy.floats("(2, 1)", 0, Float.NaN), "y", y))
        .isInstanceOf(NumericException.class)
        .hasMessageContaining("array x has NaN in sample 1");
    Path file = Npy.npz(temp.resolve("p.npz"), "x", x, "y", y);
    assertThatThrownBy(() -> ArrayFiles.builder(file).classes(List.of("a")).open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("label 1 of sample 1 is not one of 1 classes");
    assertThatThrownBy(() -> ArrayFiles.builder(temp.resolve("none")).open())
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> ArrayFiles.builder(file).split(2, 1))
        .isInstanceOf(InvalidArgumentException.class);
  }

  private void refuses(String message, Object... entries) {
    assertThatThrownBy(() -> only(entries))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(message);
  }
}
