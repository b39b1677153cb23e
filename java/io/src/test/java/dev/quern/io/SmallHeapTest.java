package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** F10: files that claim or expand to more than the heap has left are refused. */
@Timeout(300)
class SmallHeapTest {
  @TempDir Path dir;

  private List<String> read(int heap, int kept, Path... files) throws IOException {
    List<String> args = new ArrayList<>(List.of(Integer.toString(kept)));
    for (Path f : files) {
      args.add(f.toString());
    }
    Process p =
        SmallRun.jvm(List.of("-Xmx" + heap + "m"), SmallHeapMain.class, args.toArray(new String[0]))
            .start();
    return new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
  }

  private Path safetensors(String name, String header, long data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    Path file = dir.resolve(name);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      out.write(length.putLong(json.length).array());
      out.write(json);
      out.setLength(8 + json.length + data); // sparse
    }
    return file;
  }

  @Test
  void whatIsLiveCounts() throws IOException {
    int bytes = 160 << 20;
    Path tensor =
        safetensors(
            "tensor",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":["
                + bytes / 4
                + "],\"data_offsets\":[0,"
                + bytes
                + "]}}",
            bytes);
    Path idx = dir.resolve("idx");
    try (RandomAccessFile out = new RandomAccessFile(idx.toFile(), "rw")) {
      out.writeInt(0x801);
      out.writeInt(bytes);
      out.setLength(8 + bytes);
    }
    assertThat(read(256, 150, tensor, idx))
        .containsExactly("tensor MemoryLimitException", "idx MemoryLimitException", "kept 150");
    assertThat(read(512, 150, tensor)).contains("tensor was read");
  }

  private static String repeated(String start, String part, String end) {
    int most = (16 << 20) - 100;
    StringBuilder text = new StringBuilder(start);
    for (int i = 0; text.length() < most - part.length() - 10; i++) {
      text.append(i == 0 ? "" : ",").append(part.replace("#", Integer.toString(i, 36)));
    }
    return text.append(end).toString();
  }

  /** 16 MB of header or text, in the forms that expand most. */
  @Test
  void textThatExpands() throws IOException {
    List<Path> files = new ArrayList<>();
    int n = 0;
    List<String> parts = List.of("\"#\":[]", "\"#\":1.5", "\"#\":{\"\":[0]}");
    for (String part : Boolean.getBoolean("quern.full") ? parts : parts.subList(2, 3)) {
      String text = repeated("{", part, "}");
      files.add(safetensors("header" + n, text, 0));
      files.add(Files.writeString(dir.resolve("text" + n + ".json"), text));
      files.add(safetensors("meta" + n, repeated("{\"__metadata__\":{", "\"#\":\"\"", "}}"), 0));
      n++;
    }
    files.add(Files.writeString(dir.resolve("list.json"), repeated("{\"layers\":[", "{}", "]}")));
    files.add(
        Files.writeString(dir.resolve("nest.json"), repeated("{\"layers\":[", "[[[]]]", "]}")));
    files.add(
        Files.writeString(
            dir.resolve("long.json"), "{\"name\":\"" + "ü".repeat(8 << 20 >> 1) + "\"}"));
    files.add(
        safetensors(
            "nested.model",
            "{\"__metadata__\":{\"format\":\"quern-model\",\"format_version\":\"1\",\"network\":\""
                + repeated("{\\\"layers\\\":[", "{\\\"#\\\":1}", "]}")
                + "\"}}",
            0));
    List<String> lines = read(256, 0, files.toArray(new Path[0]));
    assertThat(lines).hasSize(files.size() + 1);
    assertThat(lines.subList(0, files.size()))
        .allMatch(l -> l.matches("\\S+ (Format|MemoryLimit)Exception"));
  }
}
