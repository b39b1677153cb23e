package dev.quern.fuzz.files;

import dev.quern.data.Dataset;
import dev.quern.fuzz.Attack;
import dev.quern.io.DatasetFile;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Data set files; those accepted are read sample by sample and saved again. */
final class DatasetFormat implements Format {
  private static final List<String> KEYS = List.of("classes", "format", "format_version", "name");

  private final Scratch scratch;
  private final List<Container> bases = new ArrayList<>();

  DatasetFormat(Scratch scratch) throws IOException {
    this.scratch = scratch;
    Path file = scratch.path("base-data.safetensors");
    Dataset labels =
        Dataset.of("d", Shape.of(1, 2, 2), Bases.CLASSES, new byte[12], new int[] {0, 1, 1});
    FloatBuffer targets = FloatBuffer.allocate(12);
    for (Dataset d :
        List.of(
            labels,
            labels.withTargets(Shape.of(2, 2), targets),
            Dataset.ofTargets("f", Shape.of(2), new float[6], Shape.of(4), targets))) {
      DatasetFile.save(file, d);
      bases.add(Container.of(Files.readAllBytes(file)));
    }
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    Path file = scratch.file("data.safetensors", content(dice));
    Dataset read = DatasetFile.load(file);
    Path copy = scratch.path("data-again.safetensors");
    DatasetFile.save(copy, read);
    Dataset again = DatasetFile.load(copy);
    Tensors.require("line", read.toString(), again.toString());
    Tensors.require("classes", read.classes(), again.classes());
    for (int i = 0; i < read.size(); i++) {
      if (!Arrays.equals(sample(read, i), sample(again, i))) {
        throw new Attack.Finding("data set: sample " + i + " came back otherwise", null);
      }
    }
    return true;
  }

  /** All that is known of a sample. */
  private static double[] sample(Dataset d, int i) {
    List<Double> all = new ArrayList<>();
    if (d.kind() == Dataset.Kind.BYTES) {
      for (byte b : d.image(i)) {
        all.add((double) b);
      }
    } else {
      for (float f : d.floats(i)) {
        all.add((double) f);
      }
    }
    if (d.hasTargets()) {
      for (float f : d.target(i)) {
        all.add((double) f);
      }
    } else {
      all.add((double) d.label(i));
    }
    return all.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private byte[] content(Dice dice) {
    Container c = dice.of(bases).copy();
    if (dice.oneIn(8)) {
      return Bits.mutate(c.file(), c.file(), dice);
    }
    if (dice.oneIn(2)) {
      String key = dice.of(KEYS);
      switch (dice.below(4)) {
        case 0 -> c.metadata.remove(key);
        case 1 -> c.metadata.put(key, dice.of(List.of("", "null", "1", "[]", "{}", "[\"x\"]")));
        default -> c.metadata.put(key, JsonText.mutate(c.metadata.getOrDefault(key, "[]"), dice));
      }
    } else {
      do {
        c.change(dice);
      } while (dice.again(3));
    }
    return c.file();
  }
}
