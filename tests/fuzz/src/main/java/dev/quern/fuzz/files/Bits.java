package dev.quern.fuzz.files;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** What is done to bytes of which nothing is known. */
final class Bits {
  /** No file grows beyond this here. */
  private static final int MOST = 1 << 17;

  private Bits() {}

  /**
   * One change, or a few.
   *
   * @param other a file of the same format, to be spliced in
   */
  static byte[] mutate(byte[] file, byte[] other, Dice dice) {
    byte[] now = file;
    do {
      now = once(now, other, dice);
    } while (dice.again(3));
    return now;
  }

  private static byte[] once(byte[] file, byte[] other, Dice dice) {
    int at = dice.below(file.length + 1);
    switch (dice.below(9)) {
      case 0:
        return flipped(file, at, dice);
      case 1:
        return Arrays.copyOf(file, at);
      case 2:
        return spliced(file, file.length, dice.literal(64), file.length);
      case 3:
        return spliced(file, at, new byte[0], at + dice.below(64));
      case 4:
        int from = dice.below(file.length + 1);
        byte[] again = Arrays.copyOfRange(file, Math.min(at, from), Math.max(at, from));
        return spliced(file, dice.below(file.length + 1), again, at);
      case 5:
        return number(file, at, dice);
      case 6:
        byte[] literal = dice.literal(64);
        return spliced(file, at, literal, dice.oneIn(2) ? at : at + literal.length);
      case 7:
        return spliced(file, at, other, file.length);
      default:
        byte[] rest = Arrays.copyOfRange(other, dice.below(other.length + 1), other.length);
        return spliced(file, at, rest, file.length);
    }
  }

  private static byte[] flipped(byte[] file, int at, Dice dice) {
    byte[] out = file.clone();
    if (at < out.length) {
      out[at] ^= (byte) (1 << dice.below(8));
    }
    return out;
  }

  private static byte[] number(byte[] file, int at, Dice dice) {
    ByteBuffer out = ByteBuffer.wrap(file.clone());
    out.order(dice.oneIn(2) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    long value = dice.odd();
    int bytes = 1 << dice.below(4);
    if (at + bytes <= file.length) {
      switch (bytes) {
        case 1 -> out.put(at, (byte) value);
        case 2 -> out.putShort(at, (short) value);
        case 4 -> out.putInt(at, (int) value);
        default -> out.putLong(at, value);
      }
    }
    return out.array();
  }

  /** With {@code middle} in place of the bytes from {@code at} to {@code end}. */
  static byte[] spliced(byte[] file, int at, byte[] middle, int end) {
    if (file.length + middle.length > MOST) {
      return file;
    }
    int rest = Math.max(at, Math.min(end, file.length));
    byte[] out = Arrays.copyOf(file, at + middle.length + file.length - rest);
    System.arraycopy(middle, 0, out, at, middle.length);
    System.arraycopy(file, rest, out, at + middle.length, file.length - rest);
    return out;
  }
}
