package dev.quern.io;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles opcode by opcode, as Python 2 wrote the published CIFAR-10 files. */
public final class PickleBuilder {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public PickleBuilder() {
    raw(0x80, 2);
  }

  public PickleBuilder raw(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  public PickleBuilder op(String ascii) {
    out.writeBytes(ascii.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  public PickleBuilder text(String s) {
    return op("U").raw(s.length()).op(s);
  }

  public PickleBuilder integer(int v) {
    return op("J").le(v);
  }

  public PickleBuilder le(int v) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(v).array());
    return this;
  }

  public PickleBuilder global(String module, String name) {
    return op("c" + module + "\n" + name + "\n");
  }

  public PickleBuilder labels(int... labels) {
    op("](");
    for (int l : labels) {
      integer(l);
    }
    return op("e");
  }

  /** An array of two dimensions; {@code bytes} need not fit them. */
  public PickleBuilder array(String dtype, int rows, int columns, byte[] bytes) {
    global("numpy.core.multiarray", "_reconstruct").global("numpy", "ndarray");
    op("K").raw(0, 0x85).text("b").raw(0x87).op("R(").integer(1);
    integer(rows).integer(columns).raw(0x86);
    global("numpy", "dtype").text(dtype).integer(0).integer(1).raw(0x87).op("R(").integer(3);
    text("|").op("NNN").integer(-1).integer(-1).integer(0).op("tb").raw(0x89);
    op("T").le(bytes.length);
    out.writeBytes(bytes);
    return op("tb");
  }

  /** Ends the pickle. */
  public byte[] bytes() {
    out.write('.');
    return out.toByteArray();
  }

  /** A batch dictionary as published, filled with these labels and pixels. */
  public static byte[] batch(int[] labels, byte[] pixels) {
    return new PickleBuilder()
        .op("}(")
        .text("batch_label")
        .text("training batch 1 of 5")
        .text("labels")
        .labels(labels)
        .text("data")
        .array("u1", labels.length, pixels.length / Math.max(1, labels.length), pixels)
        .op("u")
        .bytes();
  }
}
