package dev.quern.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.QuernException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardTest {
  @TempDir Path folder;

  /** Length, checksum, event, checksum; as TensorBoard reads them. */
  private static List<byte[]> events(Path file) throws Exception {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> all = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] length = new byte[8];
      in.get(length);
      assertThat(in.getInt()).isEqualTo(masked(length));
      byte[] event =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      in.get(event);
      assertThat(in.getInt()).isEqualTo(masked(event));
      all.add(event);
    }
    return all;
  }

  private static int masked(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    long value = crc.getValue();
    return (int) (((value >>> 15 | value << 17) & 0xffffffffL) + 0xa282ead8L);
  }

  @Test
  void writesScalars() throws Exception {
    TensorBoard board = new TensorBoard(folder.resolve("a/b"));
    for (int fit = 0; fit < 2; fit++) {
      board.onBegin();
      Runs.hear(board, 2);
      board.onEnd(null);
    }
    List<Path> files;
    try (var all = Files.list(folder.resolve("a/b"))) {
      files = all.toList();
    }
    assertThat(files).hasSize(2);
    List<byte[]> events = events(files.get(0));
    assertThat(events).hasSize(1 + 2 * (40 + 6));
    assertThat(new String(events.get(0), StandardCharsets.ISO_8859_1)).endsWith("brain.Event:2");
    // wall time of 9 bytes; step 1; a summary of a value of a tag and a float
    byte[] first = events.get(1);
    ByteBuffer rest = ByteBuffer.wrap(first, 9, first.length - 9).order(ByteOrder.LITTLE_ENDIAN);
    byte[] head = new byte[8];
    rest.get(head);
    assertThat(head).containsExactly(0x10, 1, 0x2a, 13, 0x0a, 11, 0x0a, 4);
    byte[] tag = new byte[4];
    rest.get(tag);
    assertThat(new String(tag, StandardCharsets.US_ASCII)).isEqualTo("loss");
    assertThat(rest.get()).isEqualTo((byte) 0x15);
    assertThat(rest.getFloat()).isEqualTo((float) (2.0 / 1.05));
    assertThat(rest.hasRemaining()).isFalse();
    assertThat(new String(events.get(45), StandardCharsets.ISO_8859_1)).contains("validation/");
  }

  @Test
  void aFolderThatIsNoneIsRefused() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> new TensorBoard(file).onBegin()).isInstanceOf(QuernException.class);
  }
}
