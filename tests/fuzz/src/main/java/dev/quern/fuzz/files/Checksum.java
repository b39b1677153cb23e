package dev.quern.fuzz.files;

import dev.quern.io.Safetensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** The checksum of checkpoints, by its description: all other metadata sorted, all tensors. */
final class Checksum {
  static final String KEY = "sha256";

  private final MessageDigest digest;

  private Checksum(Map<String, String> metadata) {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    new TreeMap<>(metadata)
        .forEach(
            (key, value) -> {
              if (!key.equals(KEY)) {
                text(key + "\0" + value + "\0");
              }
            });
  }

  static String of(Safetensors content) {
    Checksum sum = new Checksum(content.metadata());
    for (String name : content.names()) {
      float[] values = content.floats(name);
      ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      sum.tensor(name, bytes.array());
    }
    return sum.hex();
  }

  /** Gives a file that was changed the checksum of what it holds now. */
  static void repair(Container c) {
    Checksum sum = new Checksum(c.metadata);
    c.parts.forEach(p -> sum.tensor(p.name(), p.data()));
    c.metadata.put(KEY, sum.hex());
  }

  private void text(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }

  private void tensor(String name, byte[] data) {
    text(name + "\0" + data.length / Float.BYTES + "\0");
    digest.update(data);
  }

  private String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
