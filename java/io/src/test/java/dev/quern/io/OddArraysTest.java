package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arrays that no program writes, and what a data set file has no place for. */
class OddArraysTest {
  private static final Dataset PETS =
      Dataset.of("pets", Shape.of(2), List.of("a", "b"), new byte[6], new int[] {1, 0, 1});

  @TempDir Path dir;

  /** Of an entry without a comment, one of a byte that is no UTF-8. */
  @Test
  void aCommentThatIsNoTextIsRefused() throws IOException {
    byte[] zip = Npy.zip(true, "x", Npy.bytes("(3,)", (byte) 1, (byte) 2, (byte) 3));
    int end = zip.length - 22;
    ByteBuffer out = ByteBuffer.allocate(zip.length + 1).order(ByteOrder.LITTLE_ENDIAN);
    int central = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).getInt(end + 16);
    out.put(zip, 0, end).put((byte) 0xff).put(zip, end, 22);
    out.putShort(central + 8, (short) (out.getShort(central + 8) & ~0x800)); // it says no charset
    out.putShort(central + 32, (short) 1);
    out.putInt(end + 1 + 12, out.getInt(end + 1 + 12) + 1);
    Path file = Files.write(dir.resolve("a.npz"), out.array());
    assertThatThrownBy(() -> NumpyFile.open(file).close())
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("numpy: " + file + ": not a .npz");
  }

  @Test
  void textsAreNoMoreThanClassesMayBe() throws IOException {
    int most = 1 << 16;
    for (int n : new int[] {most, most + 1}) {
      byte[] values = new byte[n];
      Arrays.fill(values, (byte) 'a');
      byte[] array =
          Npy.of("{'descr': '|S1', 'fortran_order': False, 'shape': (" + n + ",), }", values);
      Path file = Files.write(dir.resolve(n + ".npz"), Npy.zip(true, "classes", array));
      try (NumpyFile in = NumpyFile.open(file)) {
        if (n == most) {
          assertThat(in.texts("classes")).hasSize(most).contains("a");
        } else {
          assertThatThrownBy(() -> in.texts("classes"))
              .isInstanceOf(FormatException.class)
              .hasMessage("numpy: " + file + ": array classes has 65537 strings, more than 65536");
        }
      }
    }
  }

  @Test
  void aMessageAboutMetadataNamesTheFile() {
    Path file = dir.resolve("x.safetensors");
    LinkedHashMap<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
    tensors.put("x", Safetensors.Entry.bytes(Shape.of(2, 3), new byte[6]));
    tensors.put("y", Safetensors.Entry.longs(Shape.of(2), new long[] {0, 1}));
    for (String classes : List.of("cats, dogs", "{}")) {
      Safetensors.write(file, Map.of("classes", classes), tensors);
      assertThatThrownBy(() -> ArrayFiles.builder(file).open().close())
          .isInstanceOf(FormatException.class)
          .hasMessageStartingWith("arrays: " + file + ": metadata");
    }
  }

  /** As Windows' editor writes it; an empty line would move all names behind it. */
  @Test
  void namesOfClassesAreLines() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("pets"));
    Files.write(folder.resolve("x.npy"), Npy.bytes("(2, 3)", new byte[6]));
    Files.write(folder.resolve("y.npy"), Npy.longs("(2,)", 0, 1));
    Path names = folder.resolve("classes.txt");
    Files.writeString(names, "\ufeffcat\r\n dog\r\n\r\n");
    try (ArrayFiles pets = ArrayFiles.builder(folder).open()) {
      assertThat(pets.classes()).containsExactly("cat", "dog");
    }
    for (String text : List.of("cat\n\ndog\n", "cat\ncat\n", "\n")) {
      Files.writeString(names, text);
      assertThatThrownBy(() -> ArrayFiles.builder(folder).open().close())
          .isInstanceOf(FormatException.class)
          .hasMessageStartingWith("arrays: " + names + ": it must have one class per line");
    }
  }

  @Test
  void weightsAreNotLostOnSaving() {
    Path file = dir.resolve("x.safetensors");
    Dataset weighted = PETS.withWeights(1, 2, 1).slice(0, 2);
    MultiDataset several = MultiDataset.of(Map.of("in", PETS.slice(0, 2)), Map.of("out", weighted));
    String why = "targets%s of pets: its samples have weights, which the file format cannot store";
    assertThatThrownBy(() -> DatasetFile.save(file, weighted))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("data set file: " + String.format(why, ""));
    assertThatThrownBy(() -> DatasetFile.save(file, several))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("data set file: " + String.format(why, ".out"));
    assertThat(file).doesNotExist();
    DatasetFile.save(file, PETS);
    assertThat(file).exists();
  }
}
