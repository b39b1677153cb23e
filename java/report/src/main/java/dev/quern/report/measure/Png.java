package dev.quern.report.measure;

import dev.quern.report.data.PictureData;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Encodes gray and RGB images as PNG files (RFC 2083) with 8 bits per channel, without
 * java.desktop.
 */
final class Png {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private Png() {}

  /**
   * Encodes an image.
   *
   * @param channels 1 (gray) or 3 (RGB)
   * @param pixels the pixels in C, H, W order
   */
  static PictureData of(int channels, int height, int width, byte[] pixels) {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes(SIGNATURE);
    byte color = (byte) (channels == 3 ? 2 : 0);
    chunk(
        png,
        "IHDR",
        ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8).put(color).array());
    chunk(png, "IDAT", deflated(rows(channels, height, width, pixels)));
    chunk(png, "IEND", new byte[0]);
    return new PictureData(width, height, Base64.getEncoder().encodeToString(png.toByteArray()));
  }

  /** Returns the rows with interleaved channels, each after a byte 0, the filter type "none". */
  private static byte[] rows(int channels, int height, int width, byte[] pixels) {
    ByteBuffer rows = ByteBuffer.allocate(height * (1 + width * channels));
    int plane = height * width;
    for (int y = 0; y < height; y++) {
      rows.put((byte) 0);
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          rows.put(pixels[c * plane + y * width + x]);
        }
      }
    }
    return rows.array();
  }

  private static byte[] deflated(byte[] data) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try {
      deflater.setInput(data);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] part = new byte[4096];
      while (!deflater.finished()) {
        out.write(part, 0, deflater.deflate(part));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static void chunk(ByteArrayOutputStream png, String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    png.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    png.writeBytes(name);
    png.writeBytes(data);
    png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
