package dev.quern.io.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What SciPy writes, what MATLAB may write, and what nobody should. */
class SvhnTest {
  private static final int UINT8_CLASS = 9;

  @TempDir Path temp;

  private static Path golden(String name) {
    return Path.of(System.getProperty("quern.root"), "data/golden", name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"svhn-scipy.mat", "svhn-scipy-plain.mat"})
  void readsWhatSciPyWrites(String name) throws IOException {
    Files.copy(golden(name), temp.resolve("train_32x32.mat"));
    assertThat(Svhn.isIn(temp, Split.TRAIN)).isTrue();
    assertThat(Svhn.isIn(temp, Split.TEST)).isFalse();
    Dataset set = Svhn.load(temp, Split.TRAIN);
    assertThat(set.name()).isEqualTo("svhn");
    assertThat(set.shape()).hasToString("3x32x32");
    assertThat(set.classes()).startsWith("0", "1").endsWith("9").hasSize(10);
    int[] digits = {1, 0, 9};
    assertThat(set.size()).isEqualTo(3);
    for (int n = 0; n < 3; n++) {
      assertThat(set.label(n)).isEqualTo(digits[n]);
      byte[] pixels = set.image(n);
      for (int at = 0; at < pixels.length; at++) {
        int c = at / 1024;
        int y = at / 32 % 32;
        int x = at % 32;
        assertThat(pixels[at]).isEqualTo((byte) (7 * y + 3 * x + 50 * c + 11 * n));
      }
    }
  }

  /** An array as an element. */
  private static byte[] array(
      ByteOrder order, int kind, int[] dims, String name, int stored, byte[] values)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(element(order, 6, ints(order, kind, 0)));
    out.write(element(order, 5, ints(order, dims)));
    out.write(element(order, 1, name.getBytes(StandardCharsets.US_ASCII)));
    out.write(element(order, stored, values));
    return element(order, 14, out.toByteArray());
  }

  private static byte[] ints(ByteOrder order, int... values) {
    ByteBuffer b = ByteBuffer.allocate(4 * values.length).order(order);
    for (int v : values) {
      b.putInt(v);
    }
    return b.array();
  }

  private static byte[] element(ByteOrder order, int type, byte[] content) {
    if (content.length > 0 && content.length <= 4) {
      return ByteBuffer.allocate(8)
          .order(order)
          .putInt(content.length << 16 | type)
          .put(content)
          .array();
    }
    return ByteBuffer.allocate(8 + (content.length + 7) / 8 * 8)
        .order(order)
        .putInt(type)
        .putInt(content.length)
        .put(content)
        .array();
  }

  private static byte[] deflated(ByteOrder order, byte[] array) throws IOException {
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(raw)) {
      out.write(array);
    }
    return ByteBuffer.allocate(8 + raw.size())
        .order(order)
        .putInt(15)
        .putInt(raw.size())
        .put(raw.toByteArray())
        .array();
  }

  private static byte[] file(ByteOrder order, byte[]... elements) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(128).order(order);
    header.putShort(124, (short) 0x0100).putShort(126, (short) ('M' << 8 | 'I'));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(header.array());
    for (byte[] e : elements) {
      out.write(e);
    }
    return out.toByteArray();
  }

  private static byte[] images(ByteOrder order) throws IOException {
    return array(order, UINT8_CLASS, new int[] {32, 32, 3, 1}, "X", 2, new byte[3072]);
  }

  private static byte[] labels(ByteOrder order, int... digits) throws IOException {
    byte[] values = new byte[digits.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) digits[i];
    }
    return array(order, 6, new int[] {digits.length, 1}, "y", 2, values);
  }

  private Path write(byte[] content) throws IOException {
    return Files.write(temp.resolve("any.mat"), content);
  }

  private enum Order {
    LITTLE,
    BIG;

    ByteOrder get() {
      return this == LITTLE ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void readsEitherByteOrder(Order given) throws IOException {
    ByteOrder order = given.get();
    byte[] content = file(order, labels(order, 10), deflated(order, images(order)));
    Dataset set = Svhn.read(write(content));
    assertThat(set.size()).isEqualTo(1);
    assertThat(set.label(0)).isZero();
    // of one image, MATLAB drops the last dimension
    byte[] one = array(order, UINT8_CLASS, new int[] {32, 32, 3}, "X", 2, new byte[3072]);
    assertThat(Svhn.read(write(file(order, one, labels(order, 3)))).label(0)).isEqualTo(3);
  }

  @Test
  void refusesWhatIsNotDigits() throws IOException {
    ByteOrder le = ByteOrder.LITTLE_ENDIAN;
    byte[] x = images(le);
    refuses(file(le, x), "no array y");
    refuses(file(le, labels(le, 1)), "no array X");
    refuses(file(le, x, x, labels(le, 1)), "array X occurs twice");
    refuses(file(le, x, labels(le, 0)), "label 0 of image 0 is outside [1, 10]");
    refuses(file(le, x, labels(le, 11)), "label 11");
    refuses(file(le, x, labels(le, 1, 2)), "array y of [2, 1] is not [1, 1]");
    byte[] half = ByteBuffer.allocate(8).order(le).putDouble(1.5).array();
    refuses(
        file(le, x, array(le, 6, new int[] {1, 1}, "y", 9, half)),
        "element 0, 1.5, is not an integer");
    refuses(
        file(le, array(le, UINT8_CLASS, new int[] {28, 28, 3, 1}, "X", 2, new byte[2352])),
        "no array y");
    refuses(
        file(
            le,
            labels(le, 1),
            array(le, UINT8_CLASS, new int[] {28, 28, 3, 1}, "X", 2, new byte[2352])),
        "[28, 28, 3, 1] is not [32, 32, 3, N]");
    refuses(
        file(le, labels(le, 1), array(le, 6, new int[] {32, 32, 3, 1}, "X", 2, new byte[3072])),
        "is of class double, expected uint8");
    refuses(file(le, array(le, 0x0800 | 6, new int[] {1, 1}, "y", 2, new byte[1])), "must be real");
    refuses(file(le, array(le, 12, new int[] {1, 1}, "y", 5, new byte[4])), "class uint8 or");
  }

  @Test
  void refusesFilesOfAnotherKind() throws IOException {
    refuses(new byte[200], "its header lacks the byte order");
    byte[] later = file(ByteOrder.LITTLE_ENDIAN);
    later[125] = 2;
    refuses(later, "version 2.0, expected 1.0");
    refuses(new byte[100], "truncated");
    assertThatThrownBy(() -> Svhn.read(temp)).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> Svhn.load(temp, Split.TEST))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("test_32x32.mat");
  }

  /** Sizes that are claimed take no memory. */
  @Test
  void refusesClaims() throws IOException {
    ByteOrder le = ByteOrder.LITTLE_ENDIAN;
    byte[] huge = array(le, UINT8_CLASS, new int[] {32, 32, 3, 600_000}, "X", 2, new byte[3072]);
    refuses(file(le, huge), "array X: 1843200000 values, but only");
    int most = Integer.MAX_VALUE;
    huge = array(le, UINT8_CLASS, new int[] {most, most, most, most}, "X", 2, new byte[8]);
    refuses(file(le, huge), "dimensions");
    huge = array(le, UINT8_CLASS, new int[] {-32, 32, 3, -1}, "X", 2, new byte[3072]);
    refuses(file(le, huge), "dimensions");
    byte[] x = images(le);
    ByteBuffer.wrap(x).order(le).putInt(4, Integer.MAX_VALUE);
    refuses(file(le, deflated(le, x)), "cannot be compressed into");
    ByteBuffer.wrap(x).order(le).putInt(4, -1);
    refuses(file(le, x), "is it truncated?");
    byte[] behind = Arrays.copyOf(images(le), x.length + 8);
    refuses(file(le, deflated(le, behind)), "has bytes after its values");
  }

  /** Each byte changed and each length: a set or a typed error, in little time. */
  @Test
  @Timeout(60)
  void survivesBrokenFiles() throws IOException {
    byte[] whole = Files.readAllBytes(golden("svhn-scipy.mat"));
    Random random = new Random(3);
    int refused = 0;
    for (int i = 0; i < 1500; i++) {
      byte[] broken =
          i % 3 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      for (int k = 0; i % 3 != 0 && k <= i % 4; k++) {
        broken[random.nextInt(Math.min(broken.length, 400))] = (byte) random.nextInt();
      }
      try {
        Svhn.read(write(broken));
      } catch (QuernException e) {
        refused++;
        assertThat(e.getMessage()).contains("any.mat");
      }
    }
    assertThat(refused).isGreaterThan(500);
  }

  private void refuses(byte[] content, String message) throws IOException {
    Path file = write(content);
    assertThatThrownBy(() -> Svhn.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("svhn: " + file)
        .hasMessageContaining(message);
  }
}
