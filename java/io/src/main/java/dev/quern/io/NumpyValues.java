package dev.quern.io;

import dev.quern.error.FormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The conversion of the values in a .npy file to Java arrays in row-major order. */
final class NumpyValues {
  private NumpyValues() {}

  static float[] floats(NumpyHeader h, InputStream in, int n) throws IOException {
    float[] all = new ArrayStream(h.type(), in, h.order()).floats(n);
    if (!h.columns()) {
      return all;
    }
    float[] rows = new float[n];
    NumpyColumns.inRows(h.shape(), (to, from) -> rows[to] = all[from]);
    return rows;
  }

  static byte[] bytes(NumpyHeader h, InputStream in, int n) throws IOException {
    byte[] all = exactly(in, n);
    if (!h.columns()) {
      return all;
    }
    byte[] rows = new byte[n];
    NumpyColumns.inRows(h.shape(), (to, from) -> rows[to] = all[from]);
    return rows;
  }

  static int[] ints(NumpyHeader h, InputStream in, int n) throws IOException {
    int[] all = new ArrayStream(h.type(), in, h.order()).ints(n);
    if (!h.columns()) {
      return all;
    }
    int[] rows = new int[n];
    NumpyColumns.inRows(h.shape(), (to, from) -> rows[to] = all[from]);
    return rows;
  }

  /** Reads the strings of a one-dimensional array. */
  static List<String> texts(NumpyHeader h, InputStream in, int n) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      texts.add(text(ByteBuffer.wrap(exactly(in, h.width())).order(h.order()), h.wide()));
    }
    return texts;
  }

  /** Returns a string without the zero characters that pad its end. */
  private static String text(ByteBuffer from, boolean wide) {
    StringBuilder out = new StringBuilder();
    int length = 0;
    while (from.hasRemaining()) {
      int point = wide ? from.getInt() : from.get() & 0xff;
      if (!Character.isValidCodePoint(point)) {
        throw new FormatException("the text contains " + point + ", which is not a character");
      }
      out.appendCodePoint(point);
      length = point == 0 ? length : out.length();
    }
    return out.substring(0, length);
  }

  private static byte[] exactly(InputStream in, int n) throws IOException {
    byte[] all = in.readNBytes(n);
    if (all.length < n) {
      throw new EOFException();
    }
    return all;
  }
}
