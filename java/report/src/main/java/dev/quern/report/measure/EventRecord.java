package dev.quern.report.measure;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The records of TensorBoard's event files. A record consists of a length, the checksum of the
 * length, an Event message (Protocol Buffers) and the checksum of the message, all little-endian.
 */
public final class EventRecord {
  /** The constant that TensorFlow adds to a rotated CRC-32C to mask it. */
  private static final int MASK = 0xa282ead8;

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private EventRecord() {}

  /** Returns the first record of a file, which contains the version of the format. */
  public static byte[] version() {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    fixed64(event, 1, System.currentTimeMillis() * 1e-3);
    bytes(event, 3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
    return record(event.toByteArray());
  }

  /**
   * Returns the record of a scalar.
   *
   * @param time the time in seconds since 1970
   * @param step the training step
   * @param tag the name of the scalar
   */
  public static byte[] scalar(double time, long step, String tag, float value) {
    ByteArrayOutputStream one = new ByteArrayOutputStream();
    bytes(one, 1, tag.getBytes(StandardCharsets.UTF_8));
    key(one, 2, FIXED32);
    one.writeBytes(little(4).putFloat(value).array());
    ByteArrayOutputStream summary = new ByteArrayOutputStream();
    bytes(summary, 1, one.toByteArray());
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    fixed64(event, 1, time);
    key(event, 2, VARINT);
    varint(event, step);
    bytes(event, 5, summary.toByteArray());
    return record(event.toByteArray());
  }

  private static byte[] record(byte[] event) {
    byte[] length = little(8).putLong(event.length).array();
    return little(event.length + 16)
        .put(length)
        .putInt(masked(length))
        .put(event)
        .putInt(masked(event))
        .array();
  }

  static int masked(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void fixed64(ByteArrayOutputStream to, int field, double value) {
    key(to, field, FIXED64);
    to.writeBytes(little(8).putDouble(value).array());
  }

  private static void bytes(ByteArrayOutputStream to, int field, byte[] value) {
    key(to, field, BYTES);
    varint(to, value.length);
    to.writeBytes(value);
  }

  private static void key(ByteArrayOutputStream to, int field, int type) {
    varint(to, field << 3 | type);
  }

  private static void varint(ByteArrayOutputStream to, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      to.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    to.write((int) rest);
  }
}
