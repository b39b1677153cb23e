package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FileAccessException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  @TempDir Path temp;

  private static LinkedHashMap<String, Safetensors.Entry> tensors() {
    LinkedHashMap<String, Safetensors.Entry> all = new LinkedHashMap<>();
    all.put("z.weight", Safetensors.Entry.floats(Shape.of(2, 3), 1, -2, 3.5f, 0, Float.NaN, -0f));
    all.put("a \"quoted\" ü", Safetensors.Entry.doubles(Shape.of(2), Math.PI, -1e300));
    all.put("k", Safetensors.Entry.longs(Shape.of(1, 2), Long.MIN_VALUE, 7));
    all.put("scalar", Safetensors.Entry.floats(Shape.of(), 4));
    all.put("empty", Safetensors.Entry.floats(Shape.of(0, 5)));
    return all;
  }

  @Test
  void readsWhatItWrites() {
    Path file = temp.resolve("all.safetensors");
    Safetensors.write(file, Map.of("key", "value\n\"ü\""), tensors());
    Safetensors read = Safetensors.read(file);
    assertThat(read.metadata()).isEqualTo(Map.of("key", "value\n\"ü\""));
    assertThat(read.names()).containsExactlyElementsOf(tensors().keySet());
    assertThat(read.floats("z.weight")).containsExactly(1, -2, 3.5f, 0, Float.NaN, -0f);
    assertThat(read.doubles("z.weight")).containsExactly(1, -2, 3.5, 0, Double.NaN, -0.0);
    assertThat(read.doubles("a \"quoted\" ü")).containsExactly(Math.PI, -1e300);
    assertThat(read.longs("k")).containsExactly(Long.MIN_VALUE, 7);
    assertThat(read.shape("k")).isEqualTo(Shape.of(1, 2));
    assertThat(read.shape("scalar")).isEqualTo(Shape.of());
    assertThat(read.floats("empty")).isEmpty();
    assertThat(read.has("k")).isTrue();
    assertThat(read.has("K")).isFalse();
  }

  /** It would come back as a question mark, and two names as one. */
  @Test
  void halfASurrogatePairIsNeitherWrittenNorRead() throws IOException {
    Path file = temp.resolve("half.safetensors");
    for (String odd : List.of("\ud800", "a\udc00b", "\udc00\ud800")) {
      assertThatThrownBy(() -> Safetensors.write(file, Map.of("k", odd), tensors()))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("an unpaired surrogate");
      assertThat(file).doesNotExist();
    }
    byte[] header = "{\"__metadata__\":{\"k\":\"\\ud800\"}}".getBytes(StandardCharsets.UTF_8);
    ByteBuffer all = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, all.putLong(header.length).put(header).array());
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("an unpaired surrogate");
    Safetensors.write(file, Map.of("k", "\ud83d\ude00"), tensors());
    assertThat(Safetensors.read(file).metadata()).containsEntry("k", "\ud83d\ude00");
  }

  @Test
  void readsTensorsLargerThanItsBuffer() {
    float[] values = new float[700_001];
    double[] wide = new double[300_007];
    Random random = new Random(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    for (int i = 0; i < wide.length; i++) {
      wide[i] = random.nextGaussian();
    }
    LinkedHashMap<String, Safetensors.Entry> all = new LinkedHashMap<>();
    all.put("values", Safetensors.Entry.floats(Shape.of(values.length), values));
    all.put("wide", Safetensors.Entry.doubles(Shape.of(wide.length), wide));
    Path file = temp.resolve("large.safetensors");
    Safetensors.write(file, Map.of(), all);
    assertThat(Safetensors.read(file).floats("values")).isEqualTo(values);
    assertThat(Safetensors.read(file).doubles("wide")).isEqualTo(wide);
  }

  @Test
  void writesThePublishedLayout() throws IOException {
    LinkedHashMap<String, Safetensors.Entry> one = new LinkedHashMap<>();
    one.put("w", Safetensors.Entry.floats(Shape.of(1, 2), 1, 2));
    Path file = temp.resolve("layout.safetensors");
    Safetensors.write(file, Map.of("k", "v"), one);
    String header =
        "{\"__metadata__\":{\"k\":\"v\"},\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}";
    int padded = (header.length() + 7) / 8 * 8;
    ByteBuffer expected = ByteBuffer.allocate(8 + padded + 8).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(padded).put(header.getBytes(StandardCharsets.UTF_8));
    expected.put(" ".repeat(padded - header.length()).getBytes(StandardCharsets.UTF_8));
    expected.putFloat(1).putFloat(2);
    assertThat(Files.readAllBytes(file)).isEqualTo(expected.array());
  }

  @Test
  void namesTheTensorThatIsMissingOrOfAnotherType() {
    Path file = temp.resolve("types.safetensors");
    Safetensors.write(file, Map.of(), tensors());
    Safetensors read = Safetensors.read(file);
    assertThatThrownBy(() -> read.floats("nothing"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("nothing");
    assertThatThrownBy(() -> read.floats("k"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("k is I64, expected F32");
    assertThatThrownBy(() -> read.doubles("k")).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> read.longs("scalar")).isInstanceOf(FormatException.class);
  }

  @Test
  void refusesToWriteWhatCannotBeRead() {
    assertThatThrownBy(() -> Safetensors.Entry.floats(Shape.of(2, 2), 1, 2, 3))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("3 values do not fill shape 2x2");
    LinkedHashMap<String, Safetensors.Entry> reserved = new LinkedHashMap<>();
    reserved.put("__metadata__", Safetensors.Entry.floats(Shape.of(1), 1));
    assertThatThrownBy(() -> Safetensors.write(temp.resolve("x"), Map.of(), reserved))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void anUnwritablePlaceIsATypedErrorAndLeavesNothingBehind() throws IOException {
    Path missing = temp.resolve("missing/model.safetensors");
    assertThatThrownBy(() -> Safetensors.write(missing, Map.of(), tensors()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("missing");
    Path folder = Files.createDirectories(temp.resolve("folder/inside")).getParent();
    assertThatThrownBy(() -> Safetensors.write(folder, Map.of(), tensors()))
        .isInstanceOf(FileAccessException.class)
        .hasMessageContaining(folder.toString());
    Path plain = Files.writeString(temp.resolve("plain"), "");
    assertThatThrownBy(() -> Safetensors.write(plain.resolve("x"), Map.of(), tensors()))
        .isInstanceOf(FileAccessException.class);
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).containsExactlyInAnyOrder(folder, plain);
    }
  }

  @Test
  void replacesAnOlderFileAsAWhole() throws IOException {
    Path file = Files.writeString(temp.resolve("old.safetensors"), "old");
    Safetensors.write(file, Map.of(), tensors());
    assertThat(Safetensors.read(file).has("k")).isTrue();
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).containsExactly(file);
    }
  }
}
