package dev.quern.io.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.io.PickleBuilder;
import dev.quern.io.StateDict;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that PyTorch 2.13 wrote, see make.py beside them, and such as nobody should write. */
class TorchFileTest {
  @TempDir Path temp;

  private Path file(String name) throws IOException {
    Path file = temp.resolve(name + ".pth");
    try (var in = TorchFileTest.class.getResourceAsStream(name + ".pth")) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip", "legacy"})
  void readsBothForms(String form) throws IOException {
    StateDict dict = StateDict.load(file(form));
    float[] ramp = new float[36];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = i / 8f;
    }
    Map<String, float[]> weights = dict.weights();
    assertThat(weights.keySet())
        .containsExactly(
            "conv.weight",
            "conv.bias",
            "transposed",
            "row",
            "half",
            "bf16",
            "double",
            "scalar",
            "empty");
    assertThat(weights.get("conv.weight")).containsExactly(ramp);
    assertThat(weights.get("conv.bias")).containsExactly(0.5f, -1.5f);
    assertThat(weights.get("transposed")).containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(weights.get("row")).containsExactly(3, 4, 5);
    assertThat(weights.get("half")).containsExactly(1.5f, -2.25f);
    assertThat(weights.get("bf16")).containsExactly(1.5f, -2f);
    assertThat(weights.get("double")).containsExactly(0.1f);
    assertThat(weights.get("scalar")).containsExactly(7);
    assertThat(weights.get("empty")).isEmpty();
    assertThat(dict.shapes())
        .containsEntry("conv.weight", Shape.of(2, 2, 3, 3))
        .containsEntry("transposed", Shape.of(3, 2))
        .containsEntry("row", Shape.of(3))
        .containsEntry("scalar", Shape.of());
    assertThat(dict.others()).containsExactly("steps");
  }

  @Test
  void readsTheStateOfAModule() throws IOException {
    StateDict dict = StateDict.load(file("module"));
    assertThat(dict.weights().get("0.weight")).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(dict.weights().get("0.bias")).containsExactly(1, 2);
  }

  @Test
  void readsParameters() throws IOException {
    assertThat(StateDict.load(file("parameter")).weights().get("w")).containsExactly(1, 2);
  }

  private void isRefused(Path file, String... parts) {
    assertThatThrownBy(() -> StateDict.load(file))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("state dict: " + file + ": ")
        .hasMessageContainingAll(parts);
  }

  @Test
  void whatIsMoreThanTensorsIsRefused() throws IOException {
    isRefused(file("checkpoint"), "\"epoch\" is not a tensor", "only a state_dict");
    isRefused(file("module-itself"), "it names torch.nn", "only dictionaries of tensors are");
    assertThatThrownBy(() -> StateDict.load(temp.resolve("none.pth")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("none.pth");
    assertThatThrownBy(() -> StateDict.load(temp)).isInstanceOf(FormatException.class);
  }

  @Test
  void nothingIsExecuted() throws IOException {
    byte[] pickle =
        new PickleBuilder().global("os", "system").text("true").raw(0x85).op("R").bytes();
    isRefused(zip(pickle, Map.of()), "it names os.system, but only");
    isRefused(Files.write(temp.resolve("p.pth"), pickle), "it names os.system");
  }

  private Path zip(byte[] pickle, Map<String, byte[]> storages) throws IOException {
    Path file = temp.resolve("made.pth");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      put(zip, "x/data.pkl", pickle, ZipEntry.STORED);
      for (Map.Entry<String, byte[]> e : storages.entrySet()) {
        put(zip, "x/data/" + e.getKey(), e.getValue(), ZipEntry.STORED);
      }
    }
    return file;
  }

  private static void put(ZipOutputStream zip, String name, byte[] bytes, int method)
      throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(method);
    java.util.zip.CRC32 sum = new java.util.zip.CRC32();
    sum.update(bytes);
    entry.setCrc(sum.getValue());
    entry.setSize(bytes.length);
    zip.putNextEntry(entry);
    zip.write(bytes);
  }

  /** A tensor w of a storage of so many floats. */
  private static byte[] tensor(int elements, int offset, int size, int stride) {
    PickleBuilder p = new PickleBuilder().global("collections", "OrderedDict").op(")R(").text("w");
    p.global("torch._utils", "_rebuild_tensor_v2").op("((").text("storage");
    p.global("torch", "FloatStorage").text("0").text("cpu").integer(elements).op("tQ");
    p.integer(offset).integer(size).raw(0x85).integer(stride).raw(0x85).raw(0x89);
    return p.global("collections", "OrderedDict").op(")RtRu").bytes();
  }

  @Test
  void tensorsStayWithinTheirStorages() throws IOException {
    Map<String, byte[]> two = Map.of("0", new byte[8]);
    assertThat(StateDict.load(zip(tensor(2, 0, 2, 1), two)).weights().get("w")).hasSize(2);
    isRefused(zip(tensor(2, 1, 2, 1), two), "a tensor exceeds storage 0 of 2 elements");
    isRefused(zip(tensor(2, 0, 2, 2), two), "a tensor exceeds storage");
    isRefused(zip(tensor(2, 3, 0, 1), two), "a tensor exceeds storage");
    isRefused(zip(tensor(2, 0, 1 << 30, 0), two), "a tensor exceeds storage");
    isRefused(zip(tensor(2, -1, 1, 1), two), "not a nonnegative integer");
    isRefused(zip(tensor(3, 0, 2, 1), two), "storage 0 has 8 bytes, expected 12");
    isRefused(zip(tensor(2, 0, 2, 1), Map.of()), "it has no data/0");
  }

  @Test
  void compressedStoragesAreRefused() throws IOException {
    Path file = temp.resolve("deflated.pth");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      put(zip, "x/data.pkl", tensor(2, 0, 2, 1), ZipEntry.STORED);
      put(zip, "x/data/0", new byte[8], ZipEntry.DEFLATED);
    }
    isRefused(file, "data/0 is compressed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip", "legacy"})
  void cutFilesAreRefused(String form) throws IOException {
    byte[] whole = Files.readAllBytes(file(form));
    for (int length = 0; length < whole.length; length += 37) {
      Path cut = Files.write(temp.resolve("cut.pth"), java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> StateDict.load(cut))
          .as("%s bytes", length)
          .isInstanceOf(QuernException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip", "legacy"})
  void changedBytesAreReadOrRefused(String form) throws IOException {
    byte[] whole = Files.readAllBytes(file(form));
    Random random = new Random(3);
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] changed = whole.clone();
      changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      try {
        StateDict.load(Files.write(temp.resolve("changed.pth"), changed));
      } catch (QuernException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(100, 1999);
  }
}
