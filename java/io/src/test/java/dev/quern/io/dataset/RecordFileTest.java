package dev.quern.io.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quern.data.Dataset;
import dev.quern.data.Dataset.Kind;
import dev.quern.error.ClosedException;
import dev.quern.error.DataException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.io.SmallRun;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class RecordFileTest {
  private static final Shape SHAPE = Shape.of(1, 2, 2);
  private static final List<String> CLASSES = List.of("a", "b");

  @TempDir Path dir;

  private Path pairs() throws IOException {
    Dataset data = SmallRun.data();
    ByteBuffer records = ByteBuffer.allocate(5 * data.size());
    for (int i = 0; i < data.size(); i++) {
      data.copyBytes(i, records.put((byte) data.label(i)));
    }
    return Files.write(dir.resolve("pairs.bin"), records.array());
  }

  private static RecordFile open(Path file) {
    return RecordFile.open(file, "pairs", SHAPE, Kind.BYTES, CLASSES);
  }

  @Test
  void trainsAsArraysDo() throws IOException {
    try (RecordFile file = open(pairs());
        Trainer t = SmallRun.builder().build();
        Trainer u = SmallRun.builder().build()) {
      assertThat(file.normalization()).isEqualTo(SmallRun.data().normalization());
      t.fit(file.shuffled(3).slice(5, 30), 2);
      u.fit(SmallRun.data().shuffled(3).slice(5, 30), 2);
      u.state().tensors().forEach((n, v) -> assertThat(t.state().tensors().get(n)).isEqualTo(v));
      assertThat(t.evaluate(file)).isEqualTo(u.evaluate(SmallRun.data()));
      assertThat(file).hasToString("RecordFile pairs.bin: 30 samples of 1x2x2");
    }
  }

  @Test
  void anInterruptDoesNotCloseIt() throws IOException {
    try (RecordFile file = open(pairs())) {
      Thread.currentThread().interrupt();
      assertThat(file.image(1)).isEqualTo(SmallRun.data().image(1));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(file.label(1)).isEqualTo(1);
    }
  }

  @Test
  void floatsAreLittleEndian() throws IOException {
    ByteBuffer record = ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN);
    record.put((byte) 1).putFloat(1.5f).putFloat(-2);
    Path path = Files.write(dir.resolve("f"), record.array());
    try (RecordFile file = RecordFile.open(path, "f", Shape.of(2), Kind.FLOATS, CLASSES)) {
      assertThat(file.label(0)).isEqualTo(1);
      assertThat(file.floats(0)).containsExactly(1.5f, -2);
      assertThatThrownBy(() -> file.image(0))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("its values are FLOATS, expected BYTES");
      assertThatThrownBy(() -> file.copyFloats(0, FloatBuffer.allocate(1)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("a sample of 2 values does not fit");
    }
  }

  @Test
  void aFileThatIsNoneIsRefused() throws IOException {
    assertThatThrownBy(() -> open(dir.resolve("none"))).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> open(dir)).isInstanceOf(FormatException.class);
    Path six = Files.write(dir.resolve("six"), new byte[6]);
    assertThatThrownBy(() -> open(six))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("6 bytes are not whole records of 5");
    assertThatThrownBy(() -> RecordFile.open(six, "n", Shape.of(1L << 31), Kind.BYTES, CLASSES))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> RecordFile.open(six, "n", SHAPE, Kind.BYTES, List.of()))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> RecordFile.open(six, "n", SHAPE, Kind.BYTES, Arrays.asList("a", null)))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void aFileThatShrinksEndsTrainingInATypedError() throws IOException {
    Path path = pairs();
    try (RecordFile file = open(path);
        Trainer t = SmallRun.builder().build()) {
      try (RandomAccessFile cut = new RandomAccessFile(path.toFile(), "rw")) {
        cut.setLength(5 * 20 + 2);
      }
      assertThat(file.label(20)).isZero();
      assertThatThrownBy(() -> file.image(20))
          .isInstanceOf(FormatException.class)
          .hasMessage(
              "records: " + path + ": sample 20: the file was truncated after it was opened");
      assertThatThrownBy(() -> t.fit(file, 1))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("data set pairs: copyBytes of sample 2")
          .hasCauseInstanceOf(FormatException.class);
      assertThat(t.fit(file.slice(0, 20), 1).epochs()).hasSize(1);
    }
  }

  @Test
  void aLabelOutsideTheClassesIsRefused() throws IOException {
    Path path = Files.write(dir.resolve("two"), new byte[] {2, 0, 0, 0, 0});
    try (RecordFile file = open(path)) {
      assertThatThrownBy(() -> file.label(0))
          .isInstanceOf(FormatException.class)
          .hasMessage("records: " + path + ": sample 0: label 2 is outside [0, 1]");
    }
  }

  @Test
  void closedIsClosed() throws IOException {
    RecordFile file = open(pairs());
    assertThatThrownBy(() -> file.label(30)).isInstanceOf(InvalidArgumentException.class);
    file.close();
    file.close();
    assertThatThrownBy(() -> file.label(0)).isInstanceOf(ClosedException.class);
    try (Trainer t = SmallRun.builder().build()) {
      assertThatThrownBy(() -> t.fit(file, 1)).hasCauseInstanceOf(ClosedException.class);
    }
  }

  /** 3 GiB in a heap of 64 MiB; sparse, so that almost nothing is on the disk. */
  @Test
  void largerThanArraysAndMemory() throws IOException {
    int channels = 16;
    int side = 256;
    long record = 1 + (long) channels * side * side;
    int n = (int) ((3L << 30) / record);
    Path path = dir.resolve("large");
    try (RandomAccessFile large = new RandomAccessFile(path.toFile(), "rw")) {
      large.setLength(n * record);
      large.seek((n - 1) * record);
      large.write(new byte[] {1, 77});
    } catch (IOException e) {
      assumeTrue(false, "the file system has no sparse file of 3 GiB: " + e.getMessage());
    }
    Process p =
        SmallRun.jvm(
                List.of("-Xmx64m", "--enable-native-access=ALL-UNNAMED"),
                RecordFileMain.class,
                path.toString(),
                Integer.toString(channels),
                Integer.toString(side))
            .start();
    String text = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(text.lines()).containsExactly("steps 1", "evaluated 5", "last 1 77");
  }
}
