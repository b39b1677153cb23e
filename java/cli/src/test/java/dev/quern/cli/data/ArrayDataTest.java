package dev.quern.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.io.ModelFile;
import dev.quern.network.Task;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training and evaluation on arrays of NumPy. */
class ArrayDataTest {
  private static final int SIDE = 16;

  @TempDir Path dir;

  private static byte[] npy(String descr, String shape, ByteBuffer values) {
    byte[] header =
        ("{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }\n")
            .getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out =
        ByteBuffer.allocate(10 + header.length + values.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    return out.putShort((short) header.length).put(header).put(values.clear()).array();
  }

  /** Bright images and dark ones. */
  private static byte[] bytes(int n) {
    ByteBuffer out = ByteBuffer.allocate(n * SIDE * SIDE);
    for (int i = 0; i < out.capacity(); i++) {
      out.put(i, (byte) (i / (SIDE * SIDE) % 2 * 150 + i % 7));
    }
    return npy("|u1", n + ", " + SIDE + ", " + SIDE, out);
  }

  /** Three channels, last. */
  private static byte[] floats(int n) {
    ByteBuffer out = ByteBuffer.allocate(n * SIDE * SIDE * 12).order(ByteOrder.BIG_ENDIAN);
    for (int i = 0; i < out.capacity() / 4; i++) {
      out.putFloat(4 * i, i / (SIDE * SIDE * 3) % 2 + i % 7 / 9f);
    }
    return npy(">f4", n + ", " + SIDE + ", " + SIDE + ", 3", out);
  }

  private static byte[] labels(int n) {
    ByteBuffer out = ByteBuffer.allocate(8 * n).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < n; i++) {
      out.putLong(8 * i, i % 2);
    }
    return npy("<i8", n + ",", out);
  }

  private Path npz(String name, Object... entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < entries.length; i += 2) {
        zip.putNextEntry(new ZipEntry(entries[i] + ".npy"));
        zip.write((byte[]) entries[i + 1]);
      }
    }
    return Files.write(dir.resolve(name), out.toByteArray());
  }

  private Cli.Result train(Path data, Object... more) {
    List<Object> few = List.of("--epochs", 2, "--batch", 8, "--overwrite");
    List<Object> line =
        List.of("train", "--data", data, "--no-report", "--out", dir.resolve("run"));
    return Cli.run(line, Cli.joined(few, more));
  }

  private Path model() {
    return dir.resolve("run/model.safetensors");
  }

  private void evalsAsTrained(Cli.Result trained, Path data, Object... more) {
    Cli.Result tested = Cli.run(List.of("eval", "--model", model(), "--data", data), more);
    assertThat("test " + tested.succeeds().lastLine()).isEqualTo(trained.lastLine());
  }

  @Test
  void aFileAsKerasHasIt() throws IOException {
    Path data =
        npz(
            "mnist.npz",
            "x_train",
            bytes(40),
            "y_train",
            labels(40),
            "x_test",
            bytes(10),
            "y_test",
            labels(10));
    Cli.Result r = train(data).succeeds();
    assertThat(r.lines().get(0))
        .isEqualTo("mnist: arrays of 40 training, 10 test samples of 2 classes");
    assertThat(r.out()).contains("on mnist: 40 training and 10 test images of 1x16x16");
    assertThat(r.out()).doesNotContain("test part");
    assertThat(ModelFile.load(model()).network().task()).isEqualTo(Task.singleLabel("0", "1"));
    assertThat(ModelFile.load(model()).provenance()).containsEntry("data", "mnist/arrays");
    evalsAsTrained(r, data);
    Cli.run("eval", "--model", model()).isRefused("was trained on mnist/arrays, a custom data set");
  }

  @Test
  void aFolderOfFloats() throws IOException {
    Path data = Files.createDirectory(dir.resolve("pets"));
    Files.write(data.resolve("images.npy"), floats(30));
    Files.write(data.resolve("labels.npy"), labels(30));
    Files.writeString(data.resolve("classes.txt"), "cat\ndog\n");
    Cli.Result r = train(data, "--test-part", "0.4", "--layout", "nhwc").succeeds();
    assertThat(r.out())
        .contains("on pets: 18 training and 12 test images of 3x16x16", "test part 0.4");
    assertThat(ModelFile.load(model()).network().task()).isEqualTo(Task.singleLabel("cat", "dog"));
    evalsAsTrained(r, data, "--test-part", "0.4");
    Cli.Result again = train(data, "--test-part", "0.4").succeeds();
    assertThat(again.lastLine()).isEqualTo(r.lastLine());
  }

  @Test
  void refusals() throws IOException {
    Path none = npz("none.npz", "x", bytes(4), "why", labels(4));
    train(none).fails("none.npz has samples [x], labels or targets []", "others [why]");
    Path odd = npz("odd.npz", "x", bytes(4), "y", labels(5));
    train(odd).fails("array y: shape 5 does not fit the samples 4x16x16 of x");
    Path same = npz("same.npz", "x", bytes(4), "y", npy("|u1", "4,", ByteBuffer.allocate(4)));
    train(same).fails("training needs at least two classes, the data set has only 0");
    Path numbers =
        npz("numbers.npz", "x", bytes(4), "y", npy("<f4", "4,", ByteBuffer.allocate(16)));
    train(numbers, "--task", "single_label")
        .fails("task single_label needs integer labels, not the targets");
    Path one = npz("one.npz", "x_test", bytes(4), "y_test", labels(4));
    train(one).isRefused("one has no samples to train on");
    train(one, "--layout", "chwn").isRefused("'chwn' is not one of nchw, nhwc, as_is");
    train(one, "--skip-broken").isRefused("--skip-broken requires an image folder");
    train(one, "--size", "3x3").isRefused("--size requires an image folder");
    train(one, "--data-dir", dir).isRefused("--data-dir and --download require a built-in");
    train(Files.writeString(dir.resolve("text.npz"), "text")).fails("text.npz", "a .npy file");
    Cli.run("train", "--layout", "nchw").isRefused("--layout requires arrays");
    Cli.run("train", "--test-part", "0.1").isRefused("--test-part requires an image folder");
  }
}
