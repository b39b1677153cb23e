package dev.quern.fuzz.serve;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;

/** Images, small files all of them; most of them mean a lot of work. */
final class Pictures {
  /** Of the largest square that the server takes by default: 16 million pixels. */
  static final int SIDE = 4000;

  private static final byte[] SIGNATURE = HexFormat.of().parseHex("89504e470d0a1a0a");
  private static final int GRAY = 0;
  private static final int RGB = 2;

  /** How often a pass of an interlaced PNG has a pixel, down and across, and where it begins. */
  private static final int[][] PASSES = {
    {8, 8, 0, 0}, {8, 8, 0, 4}, {8, 4, 4, 0}, {4, 4, 0, 2}, {4, 2, 2, 0}, {2, 2, 0, 1}, {2, 1, 1, 0}
  };

  private Pictures() {}

  /** An honest one. */
  static byte[] png(int width, int height, long seed) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    SplittableRandom random = new SplittableRandom(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  /** Of zeros: three bytes for each thousand that are decoded. */
  static byte[] bigPng(int side, boolean rgb, int depth, boolean interlaced) {
    int bits = depth * (rgb ? 3 : 1);
    long raw = 0;
    if (interlaced) {
      for (int[] pass : PASSES) {
        long rows = (side - pass[2] + pass[0] - 1) / pass[0];
        long columns = (side - pass[3] + pass[1] - 1) / pass[1];
        raw += columns == 0 ? 0 : rows * (1 + (columns * bits + 7) / 8);
      }
    } else {
      raw = side * (1 + ((long) side * bits + 7) / 8);
    }
    ByteArrayOutputStream out = begin(side, rgb ? RGB : GRAY, depth, interlaced);
    chunk(out, "IDAT", zeros(raw));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  /** A tiny image with metadata that inflates to so many bytes. */
  static byte[] chunkPng(String type, long bytes) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes("x\0".getBytes(StandardCharsets.US_ASCII));
    content.writeBytes(type.equals("iTXt") ? new byte[] {1, 0, 0, 0} : new byte[1]);
    content.writeBytes(zeros(bytes));
    ByteArrayOutputStream out = begin(8, RGB, 8, false);
    chunk(out, type, content.toByteArray());
    chunk(out, "IDAT", zeros(8 * 25));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  /** The pixels' stream goes on far behind the last pixel. */
  static byte[] longPng(long bytes) {
    ByteArrayOutputStream out = begin(8, RGB, 8, false);
    chunk(out, "IDAT", zeros(bytes));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static ByteArrayOutputStream begin(int side, int color, int depth, boolean interlaced) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(SIGNATURE);
    byte[] last = {(byte) depth, (byte) color, 0, 0, (byte) (interlaced ? 1 : 0)};
    chunk(out, "IHDR", ByteBuffer.allocate(13).putInt(side).putInt(side).put(last).array());
    return out;
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] content) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(content);
    out.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
    out.writeBytes(name);
    out.writeBytes(content);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
  }

  private static byte[] zeros(long count) {
    Deflater deflater = new Deflater(9);
    byte[] block = new byte[1 << 16];
    byte[] packed = new byte[1 << 16];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long left = count;
    while (!deflater.finished()) {
      if (deflater.needsInput() && left > 0) {
        int some = (int) Math.min(left, block.length);
        deflater.setInput(block, 0, some);
        left -= some;
      } else if (left == 0) {
        deflater.finish();
      }
      out.write(packed, 0, deflater.deflate(packed));
    }
    deflater.end();
    return out.toByteArray();
  }

  /** A progressive JPEG whose scans each pass over all blocks in some twenty bytes. */
  static byte[] scans(int side, int scans) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    hex(out, "ffd8 ffdb0043 00" + "01".repeat(64));
    hex(out, String.format("ffc2000b08%04x%04x01011100", side, side));
    hex(out, "ffc40014 10" + "01" + "00".repeat(15) + "e0"); // one code: a run of blocks
    BitWriter bits = new BitWriter();
    long blocks = (long) ((side + 7) / 8) * ((side + 7) / 8);
    for (long left = blocks; left > 0; left -= (1 << 15) - 1) {
      bits.put(0, 1);
      bits.put((1 << 14) - 1, 14);
    }
    byte[] data = bits.bytes();
    for (int i = 0; i < scans; i++) {
      hex(out, "ffda0008 010100" + "013f00");
      out.writeBytes(data);
    }
    hex(out, "ffd9");
    return out.toByteArray();
  }

  private static void hex(ByteArrayOutputStream out, String digits) {
    out.writeBytes(HexFormat.of().parseHex(digits.replace(" ", "")));
  }

  static byte[] gif(int side) {
    return written("gif", side);
  }

  static byte[] tiff(int side) {
    return written("tiff", side);
  }

  private static byte[] written(String format, int side) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_BYTE_BINARY), format, out);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }

  /** Runs of one color. */
  static byte[] bmp(int side) {
    byte[] row = new byte[2 * ((side + 254) / 255) + 2];
    for (int x = 0, at = 0; x < side; x += 255, at += 2) {
      row[at] = (byte) Math.min(255, side - x);
    }
    int head = 54 + 4 * 256;
    ByteBuffer out = ByteBuffer.allocate(head + row.length * side + 2);
    out.order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 'B').put((byte) 'M').putInt(out.capacity()).putInt(0).putInt(head);
    out.putInt(40).putInt(side).putInt(side).putShort((short) 1).putShort((short) 8);
    out.putInt(1).putInt(row.length * side + 2).putInt(0).putInt(0).putInt(256).putInt(0);
    out.position(head);
    for (int y = 0; y < side; y++) {
      out.put(row);
    }
    return out.put(new byte[] {0, 1}).array();
  }

  /** Lossless WebP of one color, whose pixels take no bits at all. */
  static byte[] webp(int side) {
    long bits = (side - 1L) | (side - 1L) << 14;
    int at = 28 + 4; // no alpha, version 0
    at += 3; // neither transform nor color cache nor groups of codes
    long codes = 0;
    for (int i = 0; i < 5; i++) {
      codes |= 1L << 4 * i; // a simple code of one symbol, which is 0
    }
    byte[] data = new byte[20];
    data[0] = 0x2f;
    for (int i = 0; i < 32 + 3 + 20; i++) {
      boolean set = i < 28 ? (bits >> i & 1) == 1 : i >= at && (codes >> (i - at) & 1) == 1;
      if (set) {
        data[1 + i / 8] |= (byte) (1 << i % 8);
      }
    }
    ByteBuffer out = ByteBuffer.allocate(20 + data.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(12 + data.length);
    out.put("WEBPVP8L".getBytes(StandardCharsets.US_ASCII)).putInt(data.length).put(data);
    return Arrays.copyOf(out.array(), out.capacity());
  }
}
