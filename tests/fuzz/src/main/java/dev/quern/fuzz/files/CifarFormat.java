package dev.quern.fuzz.files;

import dev.quern.data.Dataset;
import dev.quern.io.dataset.DatasetDoor;
import dev.quern.io.dataset.Split;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** CIFAR-10 in small: two images a batch, binary records or pickles of Python. */
final class CifarFormat implements Format {
  private static final byte[] NAMES =
      "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n".getBytes(StandardCharsets.UTF_8);
  private static final int RECORD = 3073;

  private final Path binary;
  private final Path pickled;

  CifarFormat(Scratch scratch) throws IOException {
    binary = scratch.empty("cifar-10-batches-bin");
    pickled = scratch.empty("cifar-10-batches-py");
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    boolean names = dice.below(4) == 1;
    Dataset read = dice.below(3) == 0 ? binary(names, dice) : pickled(names, dice);
    for (int i = 0; i < read.size(); i++) {
      read.label(i);
    }
    return true;
  }

  private Dataset binary(boolean names, Dice dice) throws IOException {
    byte[] records = new byte[2 * RECORD];
    records[0] = (byte) (names ? 3 : dice.below(12));
    if (!names && dice.oneIn(2)) {
      records = Bits.mutate(records, records, dice);
    }
    Files.write(
        binary.resolve("batches.meta.txt"), names ? Bits.mutate(NAMES, NAMES, dice) : NAMES);
    Files.write(binary.resolve("test_batch.bin"), records);
    return DatasetDoor.cifar10(binary, 2, Split.TEST);
  }

  private Dataset pickled(boolean names, Dice dice) throws IOException {
    Pickle meta = names ? Pickle.names().mutate(dice) : Pickle.names();
    byte[] batch = names ? Pickle.batch().file() : Pickle.batch().mutate(dice).file();
    if (!names && dice.below(16) == 1) {
      batch = Bits.mutate(batch, batch, dice);
    }
    Files.write(pickled.resolve("batches.meta"), meta.file());
    Files.write(pickled.resolve("data_batch_1"), batch);
    return DatasetDoor.cifar10(pickled, 2, Split.TRAIN);
  }
}
