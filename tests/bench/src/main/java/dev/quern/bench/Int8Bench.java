package dev.quern.bench;

import dev.quern.data.Dataset;
import dev.quern.engine.Engine;
import dev.quern.network.Networks;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.quantize.Quantization;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A model of floats and the same one quantized, in turn: how much faster, and how much smaller,
 * whole numbers are.
 *
 * <p>{@code Int8Bench [NETWORK|FILE:BATCH...]}
 *
 * <p>A built-in network has random weights, and images are random bytes: neither matters to time.
 */
final class Int8Bench {
  private static final String[] WORKLOADS = {
    "mobilenet:1",
    "resnet50:1",
    "resnet18:1",
    "resnet20:1",
    "vgg-small:1",
    "mobilenet:16",
    "resnet50:8",
    "resnet20:128"
  };
  private static final int IMAGES = 16;
  private static final int ROUNDS = 9;
  private static final double SECONDS = 0.6;

  public static void main(String[] args) {
    System.out.printf(
        "Instruction set %s, %d threads%n%n", Engine.info().isa(), Engine.info().threads());
    System.out.println(
        "| model | batch | float32, ms | int8, ms | times as fast, median of "
            + ROUNDS
            + " | least | most | bytes held |");
    System.out.println("|---|--:|--:|--:|--:|--:|--:|--:|");
    for (String workload : args.length == 0 ? WORKLOADS : args) {
      int colon = workload.lastIndexOf(':');
      print(workload.substring(0, colon), Integer.parseInt(workload.substring(colon + 1)));
    }
  }

  private static ModelData model(String name) {
    return name.contains(".")
        ? ModelData.load(Path.of(name))
        : ModelData.untrained(Networks.byName(name), 1);
  }

  private static void print(String name, int batch) {
    ModelData floats = model(name);
    Shape in = floats.network().input();
    byte[] pixels = new byte[Math.toIntExact(IMAGES * in.elements())];
    new Random(1).nextBytes(pixels);
    Dataset images = Dataset.of("random", in, List.of("any"), pixels, new int[IMAGES]);
    ModelData whole = Quantization.of(floats).calibrate(images, IMAGES).data();
    try (Model a = Model.of(floats);
        Model b = Model.of(whole);
        Arena arena = new Arena()) {
      Shape shape = in.batch(batch);
      float[] values = new float[Math.toIntExact(shape.elements())];
      Random random = new Random(2);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      Tensor x = arena.tensor(shape, values);
      Tensor y = a.predict(x);
      List<double[]> rounds = new ArrayList<>();
      for (int i = 0; i <= ROUNDS; i++) { // the first warms up
        rounds.add(new double[] {seconds(a, x, y), seconds(b, x, y)});
      }
      rounds.remove(0);
      double[] ratios = rounds.stream().mapToDouble(r -> r[0] / r[1]).sorted().toArray();
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |%n",
          Path.of(name).getFileName(),
          batch,
          1e3 * median(rounds, 0),
          1e3 * median(rounds, 1),
          ratios[ROUNDS / 2],
          ratios[0],
          ratios[ROUNDS - 1],
          (double) b.bytes() / a.bytes());
    }
  }

  private static double median(List<double[]> rounds, int which) {
    double[] all = rounds.stream().mapToDouble(r -> r[which]).toArray();
    Arrays.sort(all);
    return all[all.length / 2];
  }

  /** A call's, over as many as fit the time. */
  private static double seconds(Model model, Tensor x, Tensor y) {
    long begin = System.nanoTime();
    int calls = 0;
    long now;
    do {
      model.predict(x, y);
      calls++;
      now = System.nanoTime();
    } while (now - begin < SECONDS * 1e9);
    return (now - begin) / 1e9 / calls;
  }
}
