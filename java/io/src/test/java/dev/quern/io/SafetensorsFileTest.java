package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quern.error.ClosedException;
import dev.quern.error.FormatException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.NotFoundException;
import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
  @TempDir Path temp;

  /** A file of this header and these bytes, and of zeros behind them that need no disk. */
  private Path file(String header, byte[] data, long size) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer start = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
    Path file = temp.resolve("foreign.safetensors");
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(0);
      out.write(start.putLong(json.length).put(json).array());
      out.write(data);
      out.setLength(start.capacity() + size);
    }
    return file;
  }

  private static String tensor(String name, String dtype, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(name, dtype, shape, begin, end);
  }

  /** As PyTorch writes a state dict, with types beside that nobody knows yet. */
  private Path foreign() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(70).order(ByteOrder.LITTLE_ENDIAN);
    data.putLong(7).putDouble(0.1).putDouble(-1e300); // 0 to 24
    data.putFloat(1.5f).putFloat(-0f).put(new byte[2]).put((byte) 200); // to 35
    data.putShort((short) 0x3c00).putShort((short) 0xc000).putShort((short) 1); // F16, to 41
    data.putShort((short) 0x3f80).putShort((short) 0xff80); // BF16, to 45
    String header =
        String.join(
            ",",
            "{\"__metadata__\":{\"format\":\"pt\",\"quern\":\"no\"}",
            tensor("bn.num_batches_tracked", "I64", "[]", 0, 8),
            tensor("wide", "F64", "[2]", 8, 24),
            tensor("conv.weight", "F32", "[1,2,1]", 24, 32),
            tensor("mask", "BOOL", "[2]", 32, 34),
            tensor("pixels", "U8", "[1]", 34, 35),
            tensor("half", "F16", "[3]", 35, 41),
            tensor("brain", "BF16", "[2,1]", 41, 45),
            tensor("small", "F4", "[3,2]", 45, 48),
            tensor("new", "X9_E5", "[1000000]", 48, 70),
            tensor("none", "U16", "[0,3]", 70, 70) + "}");
    return file(header, data.array(), 70);
  }

  @Test
  void listsWhateverIsInIt() throws IOException {
    Path path = foreign();
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.metadata()).containsExactly(entry("format", "pt"), entry("quern", "no"));
      assertThat(file.names())
          .containsExactly(
              "bn.num_batches_tracked",
              "wide",
              "conv.weight",
              "mask",
              "pixels",
              "half",
              "brain",
              "small",
              "new",
              "none");
      assertThat(file.names().stream().map(file::dtype))
          .containsExactly("I64", "F64", "F32", "BOOL", "U8", "F16", "BF16", "F4", "X9_E5", "U16");
      assertThat(file.shape("conv.weight")).isEqualTo(Shape.of(1, 2, 1));
      assertThat(file.shape("new")).isEqualTo(Shape.of(1_000_000));
      assertThat(file.has("half")).isTrue();
      assertThat(file.has("Half")).isFalse();
      assertThat(file).hasToString("SafetensorsFile " + path + ", 10 tensors");
    }
  }

  @Test
  void loadsByNameAsFloat32() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(foreign())) {
      assertThat(file.floats("brain")).containsExactly(1, Float.NEGATIVE_INFINITY);
      assertThat(file.floats("half")).containsExactly(1, -2, 0x1p-24f);
      assertThat(file.floats("conv.weight", Shape.of(1, 2, 1))).containsExactly(1.5f, -0f);
      assertThat(file.floats("wide")).containsExactly(0.1f, Float.NEGATIVE_INFINITY);
    }
  }

  @Test
  void bytesAreReadAsTheyAre() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(foreign())) {
      assertThat(file.bytes("pixels")).containsExactly((byte) 200);
      assertThatThrownBy(() -> file.bytes("mask"))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("tensor mask is BOOL, expected U8");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bn.num_batches_tracked", "mask", "pixels", "small", "new", "none"})
  void refusesOtherTypes(String name) throws IOException {
    Path path = foreign();
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThatThrownBy(() -> file.floats(name))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining(path + ": tensor " + name + " is " + file.dtype(name) + ",");
    }
  }

  @Test
  void refusesWrongNamesShapesAndUseAfterClose() throws IOException {
    Path path = foreign();
    SafetensorsFile file = SafetensorsFile.open(path);
    assertThatThrownBy(() -> file.floats("other"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(path + " has no tensor other");
    assertThatThrownBy(() -> file.dtype(null)).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> file.floats("wide", Shape.of(1, 2)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("tensor wide has shape 2, not 1x2");
    file.close();
    file.close();
    assertThat(file.names()).hasSize(10);
    assertThatThrownBy(() -> file.floats("wide")).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> SafetensorsFile.open(temp.resolve("none")))
        .isInstanceOf(NotFoundException.class);
  }

  /** Each bit pattern of 16 bits, through a file; more than the reading buffer holds. */
  private float[] all(String dtype) throws IOException {
    int times = 9;
    ByteBuffer data = ByteBuffer.allocate(times << 17).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < times << 16; i++) {
      data.putShort((short) i);
    }
    String header = "{" + tensor("t", dtype, "[" + (times << 16) + "]", 0, times << 17) + "}";
    try (SafetensorsFile file = SafetensorsFile.open(file(header, data.array(), data.capacity()))) {
      return file.floats("t");
    }
  }

  /** By the definition: sign, exponent and fraction as numbers, in double precision. */
  private static void requireDefinition(String dtype, float[] values, int fractionBits, int bias) {
    int exponents = 1 << 15 - fractionBits;
    for (int i = 0; i < values.length; i++) {
      int bits = i & 0xffff;
      double sign = bits >= 0x8000 ? -1 : 1;
      int exponent = (bits >> fractionBits) % exponents;
      int fraction = bits % (1 << fractionBits);
      double part = (double) fraction / (1 << fractionBits);
      if (exponent == exponents - 1 && fraction > 0) {
        int kept = Float.floatToRawIntBits(values[i]);
        assertThat(values[i]).as("%s %04x", dtype, bits).isNaN();
        assertThat(kept < 0).isEqualTo(sign < 0);
        assertThat(kept & 0x3fffff).isEqualTo(fraction << 23 - fractionBits & 0x3fffff);
        continue;
      }
      double wanted =
          exponent == exponents - 1
              ? Double.POSITIVE_INFINITY
              : exponent == 0
                  ? part * Math.pow(2, 1 - bias)
                  : (1 + part) * Math.pow(2, exponent - bias);
      // as doubles, which also tell the zeros apart
      if (Double.compare(values[i], sign * wanted) != 0) {
        assertThat((double) values[i]).as("%s %04x", dtype, bits).isEqualTo(sign * wanted);
      }
    }
  }

  @Test
  void everyF16IsExact() throws IOException {
    float[] values = all("F16");
    requireDefinition("F16", values, 10, 15);
    assertThat(values[0x7bff]).isEqualTo(65504);
    assertThat(values[0x0400]).isEqualTo(0x1p-14f);
    assertThat(values[0x03ff]).isEqualTo(0x1.ff8p-15f);
    assertThat(values[0x8001]).isEqualTo(-0x1p-24f);
  }

  @Test
  void everyBf16IsExact() throws IOException {
    float[] values = all("BF16");
    requireDefinition("BF16", values, 7, 127);
    assertThat(values[0x7f7f]).isEqualTo(0x1.fep127f);
    assertThat(values[0x0001]).isEqualTo(0x1p-133f);
    assertThat(values[0x8080]).isEqualTo(-0x1p-126f);
  }

  @Test
  void whatIsTooLargeIsListedAndNamedWhenLoaded() throws IOException {
    long bytes = 6_000_000_000L;
    String header =
        "{"
            + tensor("huge", "F16", "[3000000000]", 0, bytes)
            + ","
            + tensor("w", "F16", "[2]", bytes, bytes + 4)
            + "}";
    try (SafetensorsFile file = SafetensorsFile.open(file(header, new byte[0], bytes + 4))) {
      assertThat(file.floats("w")).containsExactly(0, 0);
      assertThat(file.shape("huge").elements()).isEqualTo(3_000_000_000L);
      assertThatThrownBy(() -> file.floats("huge"))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("tensor huge: shape 3000000000 has more than 2147483639 elements");
    }
  }

  @Test
  void valuesBeyondTheHeapAreRefusedBeforeTheyAreAllocated() throws IOException {
    long heap = Runtime.getRuntime().maxMemory();
    long elements = Math.min(heap / 4 + 1, Integer.MAX_VALUE - 8);
    String header = "{" + tensor("t", "F16", "[" + elements + "]", 0, 2 * elements) + "}";
    try (SafetensorsFile file = SafetensorsFile.open(file(header, new byte[0], 2 * elements))) {
      assumeTrue(4 * elements > heap);
      assertThatThrownBy(() -> file.floats("t"))
          .isInstanceOf(MemoryLimitException.class)
          .hasMessageContaining(
              "tensor t: " + 4 * elements + " bytes do not fit into the free heap");
    }
  }

  @Test
  void aFileThatBecomesShorterIsATypedError() throws IOException {
    Path path = foreign();
    try (SafetensorsFile file = SafetensorsFile.open(path);
        RandomAccessFile out = new RandomAccessFile(path.toFile(), "rw")) {
      out.setLength(out.length() - 40);
      assertThatThrownBy(() -> file.floats("half"))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("tensor half: the file was truncated after it was opened");
    }
  }

  /** Quern's own files hold types that it writes, and nothing else. */
  @Test
  void modelsAndCheckpointsStayStrict() throws IOException {
    Path path = foreign();
    for (Runnable read :
        List.<Runnable>of(() -> ModelFile.load(path), () -> CheckpointFile.read(path))) {
      assertThatThrownBy(read::run)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("\"BOOL\" is not one of U8, I8, I16, F32, BF16, F16, F64, I64");
    }
  }
}
