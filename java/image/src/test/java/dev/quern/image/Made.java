package dev.quern.image;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** Large and hostile files, which no folder has to keep. */
final class Made {
  private static final byte[] PNG = HexFormat.of().parseHex("89504e470d0a1a0a");
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 750;

  private Made() {}

  /**
   * A file of a format.
   *
   * @param beside memory off the heap that is held for it, too
   */
  record Kind(String name, byte[] file, long beside) {}

  static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  /** A gray progressive JPEG of so many scans behind the first one, each of which says nothing. */
  static byte[] scans(int width, int height, int more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(HexFormat.of().parseHex("ffd8ffdb004300" + "01".repeat(64)));
    ByteBuffer frame = ByteBuffer.allocate(13).putShort((short) 0xffc2).putShort((short) 11);
    frame.put((byte) 8).putShort((short) height).putShort((short) width);
    out.writeBytes(frame.put(new byte[] {1, 1, 0x11, 0}).array());
    // codes of one bit each: no difference, and 16,384 blocks without more
    out.writeBytes(HexFormat.of().parseHex("ffc400140001" + "00".repeat(15) + "00"));
    out.writeBytes(HexFormat.of().parseHex("ffc400141001" + "00".repeat(15) + "e0"));
    int blocks = (width + 7) / 8 * ((height + 7) / 8);
    out.writeBytes(HexFormat.of().parseHex("ffda0008010100000000"));
    out.writeBytes(new byte[blocks / 8 + 1]);
    byte[] scan = HexFormat.of().parseHex("ffda0008010100013f00");
    scan = Arrays.copyOf(scan, scan.length + 2 * (blocks / 16384 + 1));
    for (int i = 0; i < more; i++) {
      out.writeBytes(scan);
    }
    out.writeBytes(HexFormat.of().parseHex("ffd9"));
    return out.toByteArray();
  }

  /** A black PNG, with chunks before its pixels. */
  static byte[] png(int width, int height, int depth, int color, boolean passes, byte[]... chunks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(PNG);
    ByteBuffer head = ByteBuffer.allocate(13).putInt(width).putInt(height);
    head.put((byte) depth).put((byte) color).putShort((short) 0).put((byte) (passes ? 1 : 0));
    out.writeBytes(chunk("IHDR", head.array()));
    if (color == 3) {
      out.writeBytes(chunk("PLTE", new byte[] {9, 8, 7, 6, 5, 4}));
    }
    for (byte[] c : chunks) {
      out.writeBytes(c);
    }
    int bands = new int[] {1, 0, 3, 1, 2, 0, 4}[color];
    long row = ((long) width * depth * bands + 7) / 8 + 1;
    out.writeBytes(chunk("IDAT", zeros(row * height + (passes ? 16L * height + row : 0))));
    out.writeBytes(chunk("IEND"));
    return out.toByteArray();
  }

  static byte[] chunk(String type, byte... data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    ByteBuffer out = ByteBuffer.allocate(12 + data.length).putInt(data.length);
    return out.put(name).put(data).putInt((int) crc.getValue()).array();
  }

  /** So many zeros, deflated. */
  static byte[] zeros(long count) {
    Deflater deflater = new Deflater();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] block = new byte[1 << 16];
    byte[] to = new byte[1 << 16];
    for (long left = count; left > 0; left -= block.length) {
      deflater.setInput(block, 0, (int) Math.min(left, block.length));
      while (!deflater.needsInput()) {
        out.write(to, 0, deflater.deflate(to));
      }
    }
    deflater.finish();
    while (!deflater.finished()) {
      out.write(to, 0, deflater.deflate(to));
    }
    deflater.end();
    return out.toByteArray();
  }

  /** In color, of ten scans. */
  static byte[] progressive(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    return encoded("jpeg", image, "progressive");
  }

  private static byte[] encoded(String format, int type, String compression) {
    return encoded(format, new BufferedImage(WIDTH, HEIGHT, type), compression);
  }

  private static byte[] encoded(String format, BufferedImage image, String compression) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ImageWriteParam how = writer.getDefaultWriteParam();
    if (compression.equals("progressive")) {
      how.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    } else if (!compression.isEmpty()) {
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      how.setCompressionType(compression);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), how);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    writer.dispose();
    return out.toByteArray();
  }

  /** EXIF that lays a picture on its side. */
  private static final byte[] TURNED =
      HexFormat.of()
          .parseHex("4d4d002a000000080001" + "0112000300000001" + "00060000" + "00000000");

  private static byte[] turned(byte[] jpeg) {
    ByteBuffer out = ByteBuffer.allocate(jpeg.length + 10 + TURNED.length).put(jpeg, 0, 2);
    out.putShort((short) 0xffe1).putShort((short) (8 + TURNED.length));
    out.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).put(TURNED);
    return out.put(jpeg, 2, jpeg.length - 2).array();
  }

  private static byte[] placed(byte[] gif) {
    gif[6] = 0;
    gif[7] = 8; // a screen of 2048 pixels
    return gif;
  }

  /**
   * A file of each kind that a format knows; in the short suite PNGs of the least and the most bits
   * alone, turned ones without passes.
   */
  static List<Kind> kinds() {
    boolean full = Boolean.getBoolean("quern.full");
    List<Kind> all = new ArrayList<>();
    int[][] pngs = {
      full ? new int[] {1, 2, 4, 8, 16} : new int[] {1, 16},
      {},
      {8, 16},
      full ? new int[] {1, 2, 4, 8} : new int[] {1, 8},
      {8, 16},
      {},
      {8, 16},
    };
    for (int color = 0; color < pngs.length; color++) {
      for (int depth : pngs[color]) {
        for (boolean passes : new boolean[] {false, true}) {
          String name = "PNG " + color + " of " + depth + (passes ? " in passes" : "");
          add(all, name, png(WIDTH, HEIGHT, depth, color, passes));
          if (full || !passes) {
            add(
                all,
                name + " turned",
                png(WIDTH, HEIGHT, depth, color, passes, chunk("eXIf", TURNED)));
          }
        }
        add(all, "wide PNG " + color + " of " + depth, png(400_000, 2, depth, color, false));
        add(all, "high PNG " + color + " of " + depth, png(2, 400_000, depth, color, false));
        if (color == 0 || color == 2) {
          byte[] key = chunk("tRNS", new byte[color == 0 ? 2 : 6]);
          add(
              all,
              "PNG " + color + " of " + depth + " with a key",
              png(WIDTH, HEIGHT, depth, color, false, key));
        }
      }
    }
    for (int type : new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_RGB}) {
      int bands = type == BufferedImage.TYPE_BYTE_GRAY ? 1 : 3;
      add(all, "JPEG " + type, encoded("jpeg", type, ""));
      add(all, "turned JPEG " + type, turned(encoded("jpeg", type, "")));
      byte[] progressive = encoded("jpeg", type, "progressive");
      all.add(
          new Kind(
              "progressive JPEG " + type, progressive, 2L * bands * (WIDTH + 32) * (HEIGHT + 32)));
    }
    for (int type : new int[] {BufferedImage.TYPE_BYTE_INDEXED, BufferedImage.TYPE_BYTE_BINARY}) {
      add(all, "GIF " + type, encoded("gif", type, ""));
      add(all, "placed GIF " + type, placed(encoded("gif", type, "")));
    }
    for (int type :
        new int[] {
          BufferedImage.TYPE_BYTE_BINARY,
          BufferedImage.TYPE_BYTE_GRAY,
          BufferedImage.TYPE_USHORT_565_RGB,
          BufferedImage.TYPE_INT_RGB,
          BufferedImage.TYPE_3BYTE_BGR
        }) {
      add(all, "BMP " + type, encoded("bmp", type, ""));
    }
    add(all, "BMP of run lengths", encoded("bmp", BufferedImage.TYPE_BYTE_INDEXED, "BI_RLE8"));
    return all;
  }

  private static void add(List<Kind> to, String name, byte[] file) {
    to.add(new Kind(name, file, file.length));
  }

  /** Whose decoding takes some time, whatever the format. */
  static List<byte[]> slow() {
    return List.of(
        scans(2000, 2000, 20),
        png(2000, 2000, 8, 2, false),
        png(1500, 1500, 16, 6, true),
        encoded("gif", BufferedImage.TYPE_BYTE_INDEXED, ""),
        encoded("bmp", BufferedImage.TYPE_BYTE_INDEXED, "BI_RLE8"),
        encoded("bmp", BufferedImage.TYPE_INT_RGB, ""),
        encoded("jpeg", BufferedImage.TYPE_INT_RGB, ""));
  }

  /** Small pictures with much beside their pixels. */
  static List<byte[]> besidePixels() {
    ByteArrayOutputStream texts = new ByteArrayOutputStream();
    byte[] text = zeros(1 << 20);
    byte[] named = new byte[4 + text.length];
    named[0] = 'a';
    System.arraycopy(text, 0, named, 3, text.length);
    for (int i = 0; i < 600; i++) {
      texts.writeBytes(chunk("zTXt", Arrays.copyOf(named, 3 + text.length)));
    }
    byte[] palette = new byte[3 << 20];
    palette[0] = 'a';
    palette[2] = 8;
    byte[] gif = encoded("gif", BufferedImage.TYPE_BYTE_INDEXED, "");
    int pixels = 13 + 3 * 256;
    ByteArrayOutputStream comments = new ByteArrayOutputStream();
    comments.write(gif, 0, pixels);
    comments.write(0x21);
    comments.write(0xfe);
    for (int i = 0; i < 1_000_000; i++) {
      comments.write(1);
      comments.write('x');
    }
    comments.write(0);
    comments.write(gif, pixels, gif.length - pixels);
    byte[] far = encoded("bmp", BufferedImage.TYPE_BYTE_INDEXED, "");
    ByteBuffer.wrap(far).order(ByteOrder.LITTLE_ENDIAN).putInt(10, Integer.MAX_VALUE);
    byte[] runs = encoded("bmp", BufferedImage.TYPE_BYTE_INDEXED, "BI_RLE8");
    ByteBuffer.wrap(runs).order(ByteOrder.LITTLE_ENDIAN).putInt(34, Integer.MAX_VALUE);
    ByteArrayOutputStream segments = new ByteArrayOutputStream();
    byte[] jpeg = encoded("jpeg", BufferedImage.TYPE_INT_RGB, "");
    segments.write(jpeg, 0, 2);
    for (int i = 0; i < 100; i++) {
      segments.writeBytes(
          HexFormat.of().parseHex("ffe2fffe" + "4943435f50524f46494c4500" + "0101"));
      segments.writeBytes(new byte[0xfffc - 14]);
    }
    segments.write(jpeg, 2, jpeg.length - 2);
    return List.of(
        png(8, 8, 8, 3, false, texts.toByteArray()),
        png(8, 8, 8, 3, false, chunk("sPLT", palette), chunk("abCd", palette)),
        comments.toByteArray(),
        far,
        runs,
        segments.toByteArray());
  }
}
