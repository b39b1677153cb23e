package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Heap;
import dev.quern.io.file.Sha256;
import dev.quern.io.json.Json;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.train.TrainingState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reading and writing of checkpoints as safetensors files. The tensors of the state are F32; all
 * other data is in the metadata:
 *
 * <ul>
 *   <li>{@code format}: {@code quern-checkpoint}, and {@code format_version}: {@code 1}
 *   <li>{@code network}: the description in the format of {@link NetworkJson}
 *   <li>{@code settings}, {@code progress}: the parts of {@link TrainingState}, as JSON
 *   <li>{@code info.KEY}: facts about the engine that wrote the checkpoint
 *   <li>{@code sha256}: the checksum of all other metadata, sorted by key, and of all tensors in
 *       order
 * </ul>
 */
final class CheckpointFile {
  private static final String OPERATION = "checkpoint";
  private static final String FORMAT = "quern-checkpoint";
  private static final String VERSION = "1";
  private static final String INFO = "info.";
  private static final String SHA256 = "sha256";

  private CheckpointFile() {}

  /**
   * Writes a checkpoint to a temporary file, verifies the file by reading it back, and renames it.
   *
   * @throws dev.quern.error.FileAccessException if the disk is full or the folder may not be
   *     written to; an existing file is unchanged
   */
  static void write(Path file, TrainingState state, Map<String, String> info) {
    TreeMap<String, String> metadata = new TreeMap<>();
    metadata.put("format", FORMAT);
    metadata.put("format_version", VERSION);
    metadata.put("network", NetworkJson.write(state.network()));
    metadata.put("settings", Json.write(state.settings()));
    metadata.put("progress", Json.write(state.progress()));
    info.forEach((key, value) -> metadata.put(INFO + key, value));
    LinkedHashMap<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
    state
        .tensors()
        .forEach(
            (name, values) ->
                tensors.put(name, Safetensors.Entry.floats(Shape.of(values.length), values)));
    metadata.put(SHA256, digest(metadata, state.tensors()));
    Safetensors.write(file, metadata, tensors, written -> require(written, file));
  }

  private static void require(Path written, Path file) {
    try {
      read(written);
    } catch (FormatException e) {
      throw new FormatException(
          OPERATION
              + ": "
              + file
              + ": the content that was read back differs from the content written",
          e);
    }
  }

  /**
   * Reads a checkpoint and verifies its checksum.
   *
   * @throws dev.quern.error.NotFoundException if the file does not exist
   * @throws FormatException if the file is not a checkpoint, is truncated, or its checksum does not
   *     match its content
   * @throws dev.quern.error.MemoryLimitException if the content does not fit in the free heap
   */
  static Checkpoint read(Path file) {
    return Heap.within(OPERATION + ": " + file, () -> readWhole(file));
  }

  private static Checkpoint readWhole(Path file) {
    Safetensors content = Safetensors.read(file);
    try {
      return checkpoint(file, content);
    } catch (FormatException e) {
      throw new FormatException(OPERATION + ": " + file + ": " + e.getMessage(), e);
    }
  }

  private static Checkpoint checkpoint(Path file, Safetensors content) {
    Map<String, String> metadata = new TreeMap<>(content.metadata());
    if (!FORMAT.equals(metadata.get("format"))) {
      throw new FormatException("not a checkpoint: its metadata has no format \"" + FORMAT + "\"");
    }
    if (!VERSION.equals(metadata.get("format_version"))) {
      throw new FormatException(
          "it has format_version " + metadata.get("format_version") + ", expected " + VERSION);
    }
    Map<String, float[]> tensors = new LinkedHashMap<>();
    content.names().forEach(name -> tensors.put(name, content.floats(name)));
    String wanted = metadata.remove(SHA256);
    if (!digest(metadata, tensors).equals(wanted)) {
      throw new FormatException("its checksum does not match its content; the file is damaged");
    }
    try {
      Network network = NetworkJson.read(text(metadata, "network"));
      return new Checkpoint(
          file,
          new TrainingState(
              network,
              Json.readTexts("settings", text(metadata, "settings")),
              Json.read("progress", text(metadata, "progress"), TrainingState.Progress.class),
              tensors),
          info(metadata));
    } catch (InvalidArgumentException e) {
      throw new FormatException(e.getMessage(), e);
    }
  }

  private static String text(Map<String, String> metadata, String key) {
    String value = metadata.get(key);
    if (value == null) {
      throw new FormatException("its metadata has no key " + key);
    }
    return value;
  }

  private static Map<String, String> info(Map<String, String> metadata) {
    Map<String, String> info = new TreeMap<>();
    metadata.forEach(
        (key, value) -> {
          if (key.startsWith(INFO)) {
            info.put(key.substring(INFO.length()), value);
          }
        });
    return info;
  }

  static String digest(Map<String, String> metadata, Map<String, float[]> tensors) {
    MessageDigest digest = Sha256.digest();
    metadata.forEach((key, value) -> add(digest, key + "\0" + value + "\0"));
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    tensors.forEach(
        (name, values) -> {
          add(digest, name + "\0" + values.length + "\0");
          for (int at = 0; at < values.length; ) {
            int n = Math.min(values.length - at, buffer.capacity() / Float.BYTES);
            buffer.asFloatBuffer().put(values, at, n);
            digest.update(buffer.array(), 0, n * Float.BYTES);
            at += n;
          }
        });
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }
}
