package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokenSafetensorsTest {
  @TempDir Path temp;

  /** A file of this header and {@code data} zero bytes. */
  private Path file(String header, int data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer all = ByteBuffer.allocate(8 + json.length + data).order(ByteOrder.LITTLE_ENDIAN);
    return Files.write(
        temp.resolve("broken.safetensors"), all.putLong(json.length).put(json).array());
  }

  private static String tensor(String name, String dtype, String shape, String offsets) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}"
        .formatted(name, dtype, shape, offsets);
  }

  /** Whether the file is read as a whole or by tensor. */
  private void refuses(String header, int data, String... messages) throws IOException {
    Path file = file(header, data);
    for (Consumer<Path> open : List.<Consumer<Path>>of(Safetensors::read, SafetensorsFile::open)) {
      assertThatThrownBy(() -> open.accept(file))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContainingAll(messages);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "F32; [2,2]; [0,8]; 8 bytes do not match shape 2x2 of F32, which needs 16",
        "F64; [2]; [0,8]; needs 16",
        "BF16; [2]; [0,8]; 8 bytes do not match shape 2 of BF16, which needs 4",
        "F4; [3]; [0,8]; which needs 12 bits, not whole bytes",
        "F32; [-1]; [0,8]; negative",
        "F32; [4294967296,4294967296]; [0,8]; more than 2^53",
        "F32; [3000000000]; [0,8]; which needs 12000000000",
        "F32; [2.0]; [0,8]; 64-bit integer",
        "F32; [1e400]; [0,8]; 64-bit integer",
        "F32; [99999999999999999999]; [0,8]; 64-bit integer",
        "F32; \"2\"; [0,8]; string \"2\", expected an array",
        "F32; [2]; [8,0]; must be [begin, end]",
        "F32; [2]; [-8,0]; must be [begin, end]",
        "F32; [2]; [0]; must be [begin, end]",
        "F32; [2]; [0,8,16]; must be [begin, end]",
        "F32; [4]; [0,16]; ends at byte 16, the data at byte 8; is the file truncated?",
        "F32; [2]; [0,9223372036854775807]; ends at byte 9223372036854775807",
        "F32; [1]; [4,8]; begins at byte 4",
        "F32; [1]; [0,4]; 4 bytes after the last tensor"
      })
  void namesFileTensorAndRule(String dtype, String shape, String offsets, String rule)
      throws IOException {
    refuses("{" + tensor("w.x", dtype, shape, offsets) + "}", 8, rule);
  }

  @ParameterizedTest
  @ValueSource(strings = {"U16", "f32", "X7"})
  void aWholeFileIsOfEightTypes(String dtype) throws IOException {
    Path file = file("{" + tensor("w.x", dtype, "[4]", "[0,8]") + "}", 8);
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(file + ": tensor w.x")
        .hasMessageContaining(
            "\"" + dtype + "\" is not one of U8, I8, I16, F32, BF16, F16, F64, I64");
  }

  @Test
  void refusesOverlapsAndGaps() throws IOException {
    String first = tensor("first", "F32", "[2]", "[0,8]");
    refuses(
        "{" + first + "," + tensor("second", "F32", "[2]", "[4,12]") + "}", 12, "second", "inside");
    refuses(
        "{" + first + "," + tensor("second", "F32", "[1]", "[12,16]") + "}",
        16,
        "second",
        "ends at 8");
    refuses(
        "{" + first + "," + tensor("second", "F32", "[2]", "[0,8]") + "}", 8, "second", "inside");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        " {}",
        "{",
        "{\"a\":1}",
        "{} x",
        "{}{}",
        "{'a':1}",
        "{\"__metadata__\":{\"k\":1}}",
        "{\"__metadata__\":[]}",
        "{\"__metadata__\":{\"k\":\"a\",\"k\":\"b\"}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[0]}}",
        "{\"w\":{\"shape\":[0],\"data_offsets\":[0,0]}}",
        "{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,0]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0],\"extra\":1}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"
      })
  void refusesHeadersThatAreNotStrictJson(String header) throws IOException {
    refuses(header, 0, "safetensors");
  }

  @Test
  void refusesTextThatIsNotUtf8AndDeepNesting() throws IOException {
    Path file = file("{\"\u00ff\":1}", 0);
    byte[] bytes = Files.readAllBytes(file);
    bytes[10] = (byte) 0xff;
    Files.write(file, bytes);
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("not UTF-8");
    refuses("{\"a\":" + "[".repeat(1_000_000), 0, "nesting");
  }

  @Test
  void refusesAbsurdHeaderLengthsBeforeAllocating() throws IOException {
    for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 1 << 25, 100, 3}) {
      ByteBuffer all = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
      Path file = Files.write(temp.resolve("length"), all.array());
      assertThatThrownBy(() -> Safetensors.read(file))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("header")
          .hasMessageContaining(Long.toUnsignedString(length));
    }
  }

  @Test
  void refusesEveryProperPrefix() throws IOException {
    LinkedHashMap<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
    tensors.put("a", Safetensors.Entry.floats(Shape.of(2), 1, 2));
    tensors.put("b", Safetensors.Entry.doubles(Shape.of(1), 3));
    Path file = temp.resolve("whole.safetensors");
    Safetensors.write(file, Map.of("k", "v"), tensors);
    byte[] whole = Files.readAllBytes(file);
    for (int n = 0; n < whole.length; n++) {
      Files.write(file, Arrays.copyOf(whole, n));
      assertThatThrownBy(() -> Safetensors.read(file))
          .as("first %d bytes", n)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void mutatedFilesReadOrAreRefusedButNeverFailOtherwise() throws IOException {
    byte[] whole =
        Files.readAllBytes(
            file(
                "{"
                    + tensor("a", "F32", "[2]", "[0,8]")
                    + ","
                    + tensor("b", "F64", "[1,1]", "[8,16]")
                    + "}",
                16));
    Random random = new Random(11);
    Path file = temp.resolve("mutant.safetensors");
    int refused = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] mutant = whole.clone();
      mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
      Files.write(file, mutant);
      try {
        Safetensors.read(file);
      } catch (QuernException e) {
        refused++;
      }
      try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
        tensors.names().forEach(tensors::floats);
      } catch (QuernException e) {
        assertThat(e).hasMessageContaining(file.toString());
      }
    }
    assertThat(refused).isBetween(500, 1_999);
  }

  @Test
  void refusesMoreThanTheHeapHolds() throws IOException {
    long gigabyte = 1L << 30;
    long tensors = Runtime.getRuntime().maxMemory() / gigabyte + 1;
    StringBuilder header = new StringBuilder();
    for (long i = 0; i < tensors; i++) {
      String offsets = "[" + i * gigabyte + "," + (i + 1) * gigabyte + "]";
      header.append(i == 0 ? "{" : ",");
      header.append(tensor("t" + i, "F64", "[" + gigabyte / 8 + "]", offsets));
    }
    Path file = file(header.append("}").toString(), 0);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(sparse.length() + tensors * gigabyte);
    }
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(MemoryLimitException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(Long.toString(Runtime.getRuntime().maxMemory()));
  }

  @Test
  void refusesWhatIsNoFile() {
    assertThatThrownBy(() -> Safetensors.read(temp.resolve("none")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("none");
    assertThatThrownBy(() -> Safetensors.read(temp))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("not a regular file");
  }
}
