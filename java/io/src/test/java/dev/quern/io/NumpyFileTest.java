package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ClosedException;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What NumPy writes, and what nobody should. */
class NumpyFileTest {
  @TempDir Path temp;

  private static Path golden() {
    return Path.of(System.getProperty("quern.root"), "data/golden/numpy-arrays.npz");
  }

  /** As numpy-arrays.py says it. */
  private static float expected(String name, int i) {
    return switch (name.charAt(0)) {
      case 'b' -> i % 2;
      case 'u' -> 3 * i;
      case 'i' -> 3 * i - 10;
      default -> (3 * i - 10) / 4f;
    };
  }

  @Test
  void readsEachTypeAndOrderOfNumpy() {
    try (NumpyFile file = NumpyFile.open(golden())) {
      assertThat(file.names()).hasSize(8 * 4 + 3 * 2 + 3);
      for (String name : file.names()) {
        if (file.shape(name).rank() != 3) {
          continue;
        }
        assertThat(file.shape(name)).hasToString("2x3x4");
        float[] values = file.floats(name);
        assertThat(values).hasSize(24);
        boolean whole = name.charAt(0) != 'f';
        int[] ints = whole ? file.ints(name) : null;
        for (int i = 0; i < values.length; i++) {
          assertThat(values[i]).as("%s[%d]", name, i).isEqualTo(expected(name, i));
          if (whole) {
            assertThat(ints[i]).as("%s[%d]", name, i).isEqualTo((int) expected(name, i));
          }
        }
      }
      for (String name : List.of("u1_byte", "u1_byte_columns")) {
        assertThat(file.bytes(name)).startsWith(0, 3, 6).endsWith(69);
      }
      assertThat(file.dtype("i8_big")).isEqualTo("I64");
      assertThat(file.dtype("b1_byte")).isEqualTo("BOOL");
      assertThat(file.texts("classes")).containsExactly("cat", "grün", "a longer name");
      assertThat(file.texts("bytes")).containsExactly("cat", "dogs");
      assertThat(file.floats("scalar")).containsExactly(5);
    }
  }

  @Test
  void oneArrayIsCalledAsItsFile() throws IOException {
    Path path = Files.write(temp.resolve("weights.npy"), Npy.floats("(2,)", 1, 2));
    NumpyFile file = NumpyFile.open(path);
    assertThat(file.names()).containsExactly("weights");
    assertThat(file.floats("weights")).containsExactly(1, 2);
    assertThat(file).hasToString("NumpyFile " + path + ", 1 arrays");
    assertThatThrownBy(() -> file.floats("bias")).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> file.bytes("weights"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("is F32, expected U8");
    assertThatThrownBy(() -> file.ints("weights"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("is F32, not an integer type");
    assertThatThrownBy(() -> file.texts("weights")).isInstanceOf(FormatException.class);
    file.close();
    file.close();
    assertThatThrownBy(() -> file.floats("weights")).isInstanceOf(ClosedException.class);
  }

  @Test
  void refusesHeaders() throws IOException {
    String good = "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }";
    String other = "{\"shape\":(1,),\"descr\":\"|u1\",\"fortran_order\":True}";
    for (String header : List.of(good, other)) {
      try (NumpyFile file = open(Npy.of(header, (byte) 7))) {
        assertThat(file.bytes("a")).containsExactly(7);
      }
    }
    refuses(good.replace("|u1", "|O"), "is neither numeric nor text");
    refuses(good.replace("|u1", "<c8"), "type <c8, expected one of u1, i1");
    refuses(good.replace("|u1", "<u8"), "type <u8, expected one of");
    refuses(good.replace("'|u1'", "[('a', '<f4')]"), "is not {'descr'");
    refuses(good.replace("(1,)", "(-1,)"), "is not {'descr'");
    refuses(good.replace("(1,)", "(99999999999999999999,)"), "shape (99999");
    refuses(good.replace("(1,)", "(" + "9999999999,".repeat(3) + ")"), "more than 2^53");
    refuses(good.replace("(1,)", "(" + "1,".repeat(9) + ")"), "more than 8 axes");
    refuses(good.replace("(1,)", "(2,)"), "1 bytes do not fill an array of shape 2, U8");
    refuses(good.replace("'shape': (1,), ", ""), "is not {'descr'");
    refuses(good.replace("False", "(1,)"), "header: fortran_order");
    refuses(good + good, "is not {'descr'");
    refuses("", "is not {'descr'");
    byte[] file = Npy.of(good, (byte) 7);
    file[6] = 4;
    refuses(file, ".npy version 4, expected 1 to 3");
    file[6] = 2;
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(8, -1);
    refuses(file, "the header has 4294967295 bytes");
    refuses(new byte[] {1, 2, 3}, "does not begin like a .npy file");
    refuses(Arrays.copyOf(Npy.of(good), 7), "truncated");
    refuses(Arrays.copyOf(Npy.of(good), 30), "truncated");
  }

  @Test
  void refusesZips() throws IOException {
    String huge = "(2000000000,)";
    refuses(Npy.zip(true, "x", Npy.bytes(huge, new byte[8])), "array x: an array of 2000000000");
    refuses(Npy.zip(false, "x", Npy.bytes(huge, new byte[8])), "array x: an array of 2000000000");
    byte[] good = Npy.zip(true, "x", Npy.bytes("(3,)", new byte[3]));
    refuses(Arrays.copyOf(good, good.length - 3), "not a .npz");
    refuses(Npy.zip(true, "x", new byte[3]), "array x: it does not begin like");
    byte[] long4 = Npy.zip(true, "x", Npy.bytes("(3,)", new byte[4]));
    refuses(long4, "array x: an array of 3");
    assertThatThrownBy(() -> NumpyFile.open(temp.resolve("none.npz")))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> NumpyFile.open(temp)).isInstanceOf(FormatException.class);
  }

  /** Text of a million characters of which all but the last are zeros. */
  @Test
  @Timeout(60)
  void textMayBeLong() throws IOException {
    byte[] value = new byte[900_000];
    value[value.length - 1] = 'x';
    String header = "{'descr': '|S900000', 'fortran_order': False, 'shape': (1,), }";
    try (NumpyFile file = open(Npy.zip(true, "t", Npy.of(header, value)))) {
      assertThat(file.texts("t").get(0)).hasSize(900_000).endsWith("\0x");
    }
  }

  @Test
  void aDamagedEntryIsRefused() throws IOException {
    byte[] zip = Npy.zip(false, "x", Npy.bytes("(3,)", (byte) 71, (byte) 72, (byte) 73));
    int at = new String(zip, StandardCharsets.ISO_8859_1).indexOf("GHI");
    zip[at + 1]++;
    try (NumpyFile file = open(zip)) {
      assertThatThrownBy(() -> file.bytes("x"))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("array x is damaged: its checksum does not match");
    }
  }

  /** Each change is read or refused by a typed error. */
  @Test
  @Timeout(60)
  void survivesBrokenFiles() throws IOException {
    byte[] whole = Files.readAllBytes(golden());
    Random random = new Random(5);
    int refused = 0;
    for (int i = 0; i < 1000; i++) {
      byte[] broken =
          i % 3 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      for (int k = 0; i % 3 != 0 && k < 8; k++) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      }
      try (NumpyFile file = open(broken)) {
        for (String name : file.names()) {
          if (file.dtype(name).equals("TEXT")) {
            file.texts(name);
          } else {
            file.floats(name);
          }
        }
      } catch (QuernException e) {
        refused++;
        assertThat(e.getMessage()).contains("a.npy");
      }
    }
    assertThat(refused).isGreaterThan(300);
  }

  private NumpyFile open(byte[] content) throws IOException {
    return NumpyFile.open(Files.write(temp.resolve("a.npy"), content));
  }

  private void refuses(String header, String message) throws IOException {
    refuses(Npy.of(header, (byte) 7), message);
  }

  private void refuses(byte[] content, String message) {
    assertThatThrownBy(() -> open(content))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("numpy: " + temp.resolve("a.npy"))
        .hasMessageContaining(message);
  }
}
