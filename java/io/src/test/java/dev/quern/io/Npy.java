package dev.quern.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes .npy and .npz files, broken ones, too. */
public final class Npy {
  private Npy() {}

  public static byte[] bytes(String shape, byte... values) {
    return of("{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }", values);
  }

  public static byte[] longs(String shape, long... values) {
    ByteBuffer out = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long v : values) {
      out.putLong(v);
    }
    return of("{'descr': '<i8', 'fortran_order': False, 'shape': " + shape + ", }", out.array());
  }

  public static byte[] floats(String shape, float... values) {
    ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float v : values) {
      out.putFloat(v);
    }
    return of("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }", out.array());
  }

  /** With a header of one's own. */
  public static byte[] of(String header, byte... values) {
    byte[] text = (header + "\n").getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer out =
        ByteBuffer.allocate(10 + text.length + values.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    return out.putShort((short) text.length).put(text).put(values).array();
  }

  /**
   * @param entries name and content in turn
   */
  public static byte[] zip(boolean deflated, Object... entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < entries.length; i += 2) {
        ZipEntry entry = new ZipEntry(entries[i] + ".npy");
        byte[] content = (byte[]) entries[i + 1];
        if (!deflated) {
          CRC32 sum = new CRC32();
          sum.update(content);
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(content.length);
          entry.setCrc(sum.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(content);
      }
    }
    return out.toByteArray();
  }

  /**
   * @param entries name and content in turn
   */
  public static Path npz(Path file, Object... entries) throws IOException {
    return Files.write(file, zip(true, entries));
  }
}
