package dev.quern.fuzz.files;

import java.util.Arrays;
import java.util.List;

/**
 * Decisions, taken from a case's bytes one after the other. Behind the last byte all are 0, which
 * stands for the plainest choice and for no further one.
 */
public final class Dice {
  private static final int MOST_REPEATS = 12;

  /** Where sizes, counts and offsets break. */
  private static final long[] ODD = {
    0,
    1,
    2,
    3,
    7,
    8,
    9,
    31,
    32,
    63,
    64,
    127,
    128,
    255,
    256,
    257,
    1000,
    4095,
    4096,
    65535,
    65536,
    1 << 20,
    1 << 24,
    (1 << 30) - 1,
    1 << 30,
    Integer.MAX_VALUE - 8,
    Integer.MAX_VALUE,
    1L << 31,
    (1L << 32) - 1,
    1L << 32,
    (1L << 32) + 1,
    1L << 40,
    1L << 62,
    Long.MAX_VALUE - 7,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1,
    -2,
    -8,
    -1L << 31,
    (-1L << 31) - 1
  };

  private final byte[] bytes;
  private int at;
  private int repeats;

  public Dice(byte[] bytes) {
    this.bytes = bytes;
  }

  /** 0 to 255. */
  int one() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }

  /** 0 to n - 1; takes no more bytes than n needs. */
  int below(int n) {
    long value = 0;
    for (long most = 1; most < n; most <<= 8) {
      value = value << 8 | one();
    }
    return (int) (value % n);
  }

  /** True once in so many, never behind the last byte. */
  boolean oneIn(int n) {
    return below(n) == 1;
  }

  /** Whether to do one more of something: once in so many, and not for ever. */
  boolean again(int n) {
    return ++repeats <= MOST_REPEATS && oneIn(n);
  }

  <T> T of(List<T> all) {
    return all.get(below(all.size()));
  }

  /** A number at which something might break, or one near by. */
  long odd() {
    long value = ODD[below(ODD.length)];
    return oneIn(4) ? value + below(256) - 128 : value;
  }

  /** Some of the bytes as they are, for what no rule foresees. */
  byte[] literal(int most) {
    int n = Math.min(below(most + 1), bytes.length - at);
    byte[] some = Arrays.copyOfRange(bytes, at, at + n);
    at += n;
    return some;
  }
}
