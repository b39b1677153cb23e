package dev.quern.fuzz.files;

import dev.quern.data.Dataset;
import dev.quern.io.dataset.Idx;
import dev.quern.io.dataset.IdxFile;
import dev.quern.io.dataset.Split;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** IDX files, plain and gzipped, alone and as a data set of images and labels. */
final class IdxFormat implements Format {
  private final Scratch scratch;

  IdxFormat(Scratch scratch) {
    this.scratch = scratch;
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    return dice.below(3) == 1 ? dataset(dice) : single(dice);
  }

  private boolean single(Dice dice) throws IOException {
    boolean gzip = dice.oneIn(2);
    byte[] content = content(dice, 1 + dice.below(4));
    Path file =
        scratch.file(gzip ? "a-ubyte.gz" : "a-ubyte", gzip ? Gzip.of(content, dice) : content);
    IdxFile read = IdxFile.read(file);
    Path copy = scratch.path(dice.oneIn(2) ? "b-ubyte.gz" : "b-ubyte");
    read.write(copy);
    Tensors.require("idx", read, IdxFile.read(copy));
    return true;
  }

  private boolean dataset(Dice dice) throws IOException {
    Path folder = scratch.empty("idx");
    boolean gzip = dice.oneIn(2);
    byte[] images = whole(3, 2, 4, 4);
    byte[] labels = whole(1, 2);
    if (dice.oneIn(2)) {
      labels = mutated(labels, dice);
    } else {
      images = mutated(images, dice);
    }
    write(folder, "train-images-idx3-ubyte", images, gzip, dice);
    write(
        folder,
        dice.oneIn(2) ? "train-labels.idx1-ubyte" : "train-labels-idx1-ubyte",
        labels,
        gzip,
        dice);
    Dataset read = Idx.load(folder, Split.TRAIN, "d", List.of("a", "b", "c"));
    for (int i = 0; i < read.size(); i++) {
      read.label(i);
      read.image(i);
    }
    return true;
  }

  private static void write(Path folder, String name, byte[] content, boolean gzip, Dice dice)
      throws IOException {
    Files.write(
        folder.resolve(gzip ? name + ".gz" : name), gzip ? Gzip.of(content, dice) : content);
  }

  private static byte[] content(Dice dice, int rank) {
    int[] dims = new int[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = 1 + dice.below(4);
    }
    return mutated(whole(rank, dims), dice);
  }

  private static byte[] mutated(byte[] whole, Dice dice) {
    switch (dice.below(4)) {
      case 0:
        ByteBuffer.wrap(whole).putInt(4 * (1 + dice.below(whole[3])), (int) dice.odd());
        return whole;
      case 1:
        whole[3] = (byte) dice.below(8);
        return whole;
      case 2:
        return whole;
      default:
        return Bits.mutate(whole, whole, dice);
    }
  }

  private static byte[] whole(int rank, int... dims) {
    int n = 1;
    for (int d : dims) {
      n *= d;
    }
    ByteBuffer out = ByteBuffer.allocate(4 + 4 * rank + n).putInt(8 << 8 | rank);
    for (int d : dims) {
      out.putInt(d);
    }
    while (out.hasRemaining()) {
      out.put((byte) (out.remaining() % 3));
    }
    return out.array();
  }
}
