package dev.quern.fuzz.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** What is done to PNG files: chunks are changed, and get their right checksums again. */
final class PngChunks {
  private static final int SIGNATURE = 8;
  private static final int FRAME = 12;
  private static final byte[] HEADER = {'I', 'H', 'D', 'R'};
  private static final byte[] DATA = {'I', 'D', 'A', 'T'};

  private static final List<String> TYPES =
      List.of(
          "IHDR", "IDAT", "PLTE", "tRNS", "gAMA", "iCCP", "sRGB", "cHRM", "zTXt", "iTXt", "tEXt",
          "bKGD", "eXIf", "hIST", "pHYs", "sBIT", "sPLT", "tIME", "IEND", "xxxx", "XXXX");

  private PngChunks() {}

  /** Type and content together. */
  private static List<byte[]> chunks(byte[] png) {
    List<byte[]> all = new ArrayList<>();
    for (int at = SIGNATURE; at + FRAME <= png.length; ) {
      int length = ByteBuffer.wrap(png).getInt(at);
      all.add(Arrays.copyOfRange(png, at + 4, at + 8 + length));
      at += FRAME + length;
    }
    return all;
  }

  static byte[] mutate(byte[] png, Dice dice) {
    List<byte[]> chunks = chunks(png);
    do {
      change(chunks, dice);
    } while (dice.again(3));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(png, 0, SIGNATURE);
    for (byte[] c : chunks) {
      CRC32 sum = new CRC32();
      sum.update(c);
      int length = dice.below(32) == 1 ? (int) dice.odd() : c.length - 4;
      out.writeBytes(ByteBuffer.allocate(4).putInt(length).array());
      out.writeBytes(c);
      int crc = dice.below(32) == 1 ? 0 : (int) sum.getValue();
      out.writeBytes(ByteBuffer.allocate(4).putInt(crc).array());
    }
    return out.toByteArray();
  }

  private static void change(List<byte[]> chunks, Dice dice) {
    int i = dice.below(chunks.size());
    byte[] c = chunks.get(i).clone();
    switch (dice.below(7)) {
      case 0 -> chunks.set(0, header(chunks.get(0), dice));
      case 1 -> chunks.add(i, chunk(dice));
      case 2 -> chunks.add(dice.below(chunks.size()), c);
      case 3 -> {
        if (chunks.size() > 1) {
          chunks.remove(i);
        }
      }
      case 4 -> chunks.set(i, pixels(c, dice));
      default -> {
        byte[] content = Arrays.copyOfRange(c, 4, c.length);
        chunks.set(i, Bits.spliced(c, 4, Bits.mutate(content, c, dice), c.length));
      }
    }
  }

  /** Width, height, depth, color type, compression, filter and interlacing. */
  private static byte[] header(byte[] old, Dice dice) {
    byte[] c = old.clone();
    if (!Arrays.equals(Arrays.copyOf(c, 4), HEADER) || c.length < 17) {
      return c;
    }
    switch (dice.below(4)) {
      case 0 -> ByteBuffer.wrap(c).putInt(4 + 4 * dice.below(2), dice.below(12));
      case 1 -> ByteBuffer.wrap(c).putInt(4 + 4 * dice.below(2), (int) dice.odd());
      default ->
          c[12 + dice.below(5)] = (byte) dice.of(List.of(0, 1, 2, 3, 4, 6, 8, 16, 255)).intValue();
    }
    return c;
  }

  private static byte[] chunk(Dice dice) {
    byte[] content = new byte[dice.below(40)];
    Arrays.fill(content, (byte) dice.one());
    byte[] type = dice.of(TYPES).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    return Bits.spliced(type, 4, dice.oneIn(2) ? dice.literal(60) : content, 4);
  }

  /** The pixels under the compression. */
  private static byte[] pixels(byte[] c, Dice dice) {
    if (!Arrays.equals(Arrays.copyOf(c, 4), DATA)) {
      return c;
    }
    byte[] raw = new byte[4096];
    Inflater inflater = new Inflater();
    inflater.setInput(c, 4, c.length - 4);
    try {
      raw = Arrays.copyOf(raw, inflater.inflate(raw));
    } catch (DataFormatException e) {
      return c;
    } finally {
      inflater.end();
    }
    Deflater deflater = new Deflater();
    deflater.setInput(Bits.mutate(raw, raw, dice));
    deflater.finish();
    byte[] packed = new byte[8192];
    packed = Arrays.copyOf(packed, deflater.deflate(packed));
    deflater.end();
    return Bits.spliced(c, 4, packed, c.length);
  }
}
