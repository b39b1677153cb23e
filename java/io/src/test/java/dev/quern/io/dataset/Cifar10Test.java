package dev.quern.io.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.io.PickleBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both layouts in small: two images a batch. */
class Cifar10Test {
  private static final int IMAGE = 3072;

  @TempDir Path temp;

  @ParameterizedTest
  @EnumSource(CifarLayout.class)
  void readsEveryBatchInOrder(CifarLayout layout) throws IOException {
    CifarFiles.write(temp, layout);
    Dataset train = new Cifar10(temp, 2).training(1, 5);
    assertThat(train.name()).isEqualTo("cifar10");
    assertThat(train.size()).isEqualTo(10);
    assertThat(train.shape()).hasToString("3x32x32");
    assertThat(train.classes()).isEqualTo(CifarFiles.CLASSES);
    for (int i = 0; i < 10; i++) {
      assertThat(train.label(i)).isEqualTo(CifarFiles.label(i / 2 + 1, i % 2));
      assertThat(image(train, i)).isEqualTo(CifarFiles.image(i / 2 + 1, i % 2));
    }
    assertThat(image(new Cifar10(temp, 2).test(), 1)).isEqualTo(CifarFiles.image(0, 1));
    assertThat(image(new Cifar10(temp, 2).training(3, 3), 0)).isEqualTo(CifarFiles.image(3, 0));
  }

  @ParameterizedTest
  @EnumSource(CifarLayout.class)
  void takesTheBatchesFolderItself(CifarLayout layout) throws IOException {
    Path folder = CifarFiles.write(temp, layout);
    assertThat(Cifar10.isIn(folder)).isTrue();
    assertThat(new Cifar10(folder, 2).test().size()).isEqualTo(2);
  }

  @Test
  void prefersTheBinaryLayout() throws IOException {
    CifarFiles.write(temp, CifarLayout.BINARY);
    Path pickles = CifarFiles.write(temp, CifarLayout.PICKLE);
    Files.writeString(pickles.resolve("test_batch"), "no pickle");
    assertThat(new Cifar10(temp, 2).test().size()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"python3-protocol2", "python3-protocol4"})
  void readsWhatPython3AndNumpy2Write(String name) throws IOException {
    Path folder = CifarFiles.write(temp, CifarLayout.PICKLE);
    try (InputStream in = getClass().getResourceAsStream(name + ".pickle")) {
      Files.write(folder.resolve("test_batch"), in.readAllBytes());
    }
    Dataset test = new Cifar10(temp, 2).test();
    assertThat(List.of(test.label(0), test.label(1))).containsExactly(3, 9);
    // the pickles hold the bytes 7 i + 3
    byte[] expected = new byte[IMAGE];
    for (int i = 0; i < IMAGE; i++) {
      expected[i] = (byte) ((IMAGE + i) * 7 + 3);
    }
    assertThat(image(test, 1)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(CifarLayout.class)
  void refusesABatchCutShortOrEmpty(CifarLayout layout) throws IOException {
    Path file = layout.testBatch(CifarFiles.write(temp, layout));
    byte[] whole = Files.readAllBytes(file);
    for (int n : new int[] {0, 1, 3073, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, n));
      assertThatThrownBy(() -> new Cifar10(temp, 2).test())
          .as("first %d bytes", n)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @ParameterizedTest
  @EnumSource(CifarLayout.class)
  void refusesLabelsOutOfRange(CifarLayout layout) throws IOException {
    Path file = layout.testBatch(CifarFiles.write(temp, layout));
    Files.write(file, CifarFiles.batch(layout, new int[] {3, 10}, new byte[2 * IMAGE]));
    assertThatThrownBy(() -> new Cifar10(temp, 2).test())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("label 10 of image 1");
  }

  @Test
  void refusesPicklesThatAreNotBatches() throws IOException {
    Path file = CifarFiles.write(temp, CifarLayout.PICKLE).resolve("test_batch");
    byte[] pixels = new byte[2 * IMAGE];
    refuses(file, new PickleBuilder().labels(1, 2).bytes(), "not a dictionary");
    refuses(file, new PickleBuilder().op("}").bytes(), "no array under \"data\"");
    refuses(
        file,
        batch(new PickleBuilder().labels(1, 2), "u1", 2, pixels, "fine_labels"),
        "no list under");
    refuses(
        file,
        batch(new PickleBuilder().labels(1), "u1", 2, pixels, "labels"),
        "1 labels do not match 2 images");
    refuses(file, batch(new PickleBuilder().labels(1, 2), "f8", 2, pixels, "labels"), "dtype f8");
    refuses(
        file,
        batch(new PickleBuilder().labels(1, 2), "u1", 1, new byte[IMAGE], "labels"),
        "[1, 3072]");
    refuses(
        file,
        batch(new PickleBuilder().op("](NNe"), "u1", 2, pixels, "labels"),
        "label 0 is not an");
    refuses(
        file,
        new PickleBuilder().global("os", "system").text("true").raw(0x85).op("R").bytes(),
        "os.system");
    refuses(file, "a text file\n".getBytes(), "test_batch");
  }

  @Test
  void refusesMissingFilesAndClassNames() throws IOException {
    assertThatThrownBy(() -> Cifar10.load(temp, Split.TRAIN))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("batches.meta.txt")
        .hasMessageContaining("cifar-10-batches-py");
    Path folder = CifarFiles.write(temp, CifarLayout.BINARY);
    Files.delete(folder.resolve("data_batch_4.bin"));
    assertThatThrownBy(() -> new Cifar10(temp, 2).training(1, 5))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("data_batch_4.bin");
    Files.writeString(folder.resolve("batches.meta.txt"), "airplane\n");
    assertThatThrownBy(() -> new Cifar10(temp, 2).test())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("1 class names");
  }

  @Test
  void batchesAreNumberedFrom1To5AndHold10000Images() throws IOException {
    Path folder = CifarFiles.write(temp, CifarLayout.BINARY);
    assertThatThrownBy(() -> Cifar10.batch(temp, 0)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> Cifar10.batch(temp, 6)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> Cifar10.batch(temp, 1))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("not 10000 records of 3073");
    byte[] batch = new byte[10_000 * 3073];
    batch[9_999 * 3073] = 4;
    Files.write(folder.resolve("data_batch_2.bin"), batch);
    assertThat(Cifar10.batch(temp, 2).label(9_999)).isEqualTo(4);
  }

  private void refuses(Path file, byte[] content, String message) throws IOException {
    Files.write(file, content);
    assertThatThrownBy(() -> new Cifar10(temp, 2).test())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(message);
  }

  private static byte[] batch(
      PickleBuilder labels, String dtype, int rows, byte[] pixels, String key) {
    byte[] list = labels.bytes();
    PickleBuilder all = new PickleBuilder().op("}(").text(key);
    for (int i = 2; i < list.length - 1; i++) {
      all.raw(list[i]);
    }
    return all.text("data").array(dtype, rows, IMAGE, pixels).op("u").bytes();
  }

  private static byte[] image(Dataset data, int index) {
    ByteBuffer buffer = ByteBuffer.allocate((int) data.shape().elements());
    data.copyBytes(index, buffer);
    return buffer.array();
  }
}
