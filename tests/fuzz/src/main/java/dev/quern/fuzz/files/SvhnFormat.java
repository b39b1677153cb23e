package dev.quern.fuzz.files;

import dev.quern.data.Dataset;
import dev.quern.io.dataset.Svhn;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.Deflater;

/** MATLAB files of one digit in the form of SVHN's, plain and deflated. */
final class SvhnFormat implements Format {
  private static final int HEADER = 128;

  private final Scratch scratch;

  SvhnFormat(Scratch scratch) {
    this.scratch = scratch;
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    byte[] images = array("X", new byte[3072], 32, 32, 3, 1);
    byte[] labels = array("y", new byte[] {(byte) (1 + dice.below(10))}, 1, 1);
    switch (dice.below(4)) {
      case 0 -> images = Bits.mutate(images, labels, dice);
      case 1 -> labels = Bits.mutate(labels, images, dice);
      default -> {}
    }
    boolean deflated = dice.oneIn(2);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    out.writeBytes(header.putShort(124, (short) 0x0100).putShort(126, (short) 0x4d49).array());
    out.writeBytes(deflated ? deflated(images) : images);
    out.writeBytes(labels);
    byte[] content = out.toByteArray();
    Path file =
        scratch.file("a.mat", dice.oneIn(3) ? Bits.mutate(content, content, dice) : content);
    Dataset read = Svhn.read(file);
    for (int i = 0; i < read.size(); i++) {
      read.label(i);
      read.image(i);
    }
    return true;
  }

  private static byte[] array(String name, byte[] values, int... dims) {
    int padded = (values.length + 7) / 8 * 8;
    int dimBytes = (4 * dims.length + 7) / 8 * 8;
    ByteBuffer out =
        ByteBuffer.allocate(8 + 16 + 8 + dimBytes + 8 + 8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(14).putInt(out.capacity() - 8);
    out.putInt(6).putInt(8).putInt(9).putInt(0);
    out.putInt(5).putInt(4 * dims.length);
    for (int i = 0; i < dimBytes / 4; i++) {
      out.putInt(i < dims.length ? dims[i] : 0);
    }
    out.putInt(1 << 16 | 1).put((byte) name.charAt(0)).put(new byte[3]);
    return out.putInt(2).putInt(values.length).put(values).array();
  }

  private static byte[] deflated(byte[] array) {
    Deflater deflater = new Deflater();
    try {
      deflater.setInput(array);
      deflater.finish();
      byte[] raw = new byte[array.length + 64];
      int n = deflater.deflate(raw);
      return ByteBuffer.allocate(8 + n)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(15)
          .putInt(n)
          .put(raw, 0, n)
          .array();
    } finally {
      deflater.end();
    }
  }
}
