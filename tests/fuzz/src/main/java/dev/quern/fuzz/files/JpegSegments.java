package dev.quern.fuzz.files;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What is done to JPEG files: segments are changed, and get their right lengths again. */
final class JpegSegments {
  private static final int START_OF_SCAN = 0xda;
  private static final int[] MARKERS = {
    0xc0, 0xc1, 0xc2, 0xc4, 0xc9, 0xcc, 0xd8, 0xd9, 0xda, 0xdb, 0xdd, 0xe0, 0xe1, 0xe2, 0xee, 0xfe
  };

  private JpegSegments() {}

  static byte[] mutate(byte[] jpeg, Dice dice) {
    List<byte[]> segments = new ArrayList<>();
    int at = 2;
    while (true) {
      int length = (jpeg[at + 2] & 0xff) << 8 | jpeg[at + 3] & 0xff;
      byte[] s = Arrays.copyOfRange(jpeg, at + 4, at + 2 + length);
      segments.add(Bits.spliced(new byte[] {jpeg[at + 1]}, 1, s, 1));
      at += 2 + length;
      if ((segments.get(segments.size() - 1)[0] & 0xff) == START_OF_SCAN) {
        break;
      }
    }
    byte[] scan = Arrays.copyOfRange(jpeg, at, jpeg.length);
    do {
      scan = change(segments, scan, dice);
    } while (dice.again(3));
    return file(segments, scan, dice);
  }

  private static byte[] change(List<byte[]> segments, byte[] scan, Dice dice) {
    int i = dice.below(segments.size());
    byte[] s = segments.get(i).clone();
    switch (dice.below(7)) {
      case 0:
        return Bits.mutate(scan, scan, dice);
      case 1:
        segments.add(dice.below(segments.size()), s);
        return scan;
      case 2:
        if (segments.size() > 1) {
          segments.remove(i);
        }
        return scan;
      case 3:
        s[0] = (byte) MARKERS[dice.below(MARKERS.length)];
        break;
      case 4:
        s[dice.below(s.length)] = (byte) dice.odd();
        break;
      default:
        byte[] content = Arrays.copyOfRange(s, 1, s.length);
        s = Bits.spliced(s, 1, Bits.mutate(content, s, dice), s.length);
    }
    segments.set(i, s);
    return scan;
  }

  private static byte[] file(List<byte[]> segments, byte[] scan, Dice dice) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0xff);
    out.write(0xd8);
    for (byte[] s : segments) {
      int length = dice.below(32) == 1 ? (int) dice.odd() : s.length + 1;
      out.write(0xff);
      out.write(s[0]);
      out.write(length >> 8);
      out.write(length);
      out.write(s, 1, s.length - 1);
    }
    out.writeBytes(scan);
    return out.toByteArray();
  }
}
