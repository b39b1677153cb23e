package dev.quern.bench;

import dev.quern.engine.Engine;
import dev.quern.engine.Precision;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A model of float32, with weights of 16 bits, and with products of bfloat16, in turn: how much
 * faster, and how much smaller, each is than the first.
 *
 * <p>{@code HalfBench [NETWORK:BATCH...]}
 *
 * <p>Weights are random. {@code rows} is the three linear layers at VGG-16's end, whose time is
 * reading weights.
 */
final class HalfBench {
  private static final String[] WORKLOADS = {
    "rows:1", "rows:8", "resnet50_imagenet:1", "vgg16:1", "mobilenet_v2:1", "resnet50_imagenet:8"
  };
  private static final int ROUNDS = 7;
  private static final double SECONDS = 0.5;

  public static void main(String[] args) {
    System.out.printf(
        "Instruction set %s, %d threads%n%n", Engine.info().isa(), Engine.info().threads());
    System.out.println(
        "| model | batch | float32, ms | as | times as fast, median of "
            + ROUNDS
            + " | least | most | bytes held |");
    System.out.println("|---|--:|--:|---|--:|--:|--:|--:|");
    for (String workload : args.length == 0 ? WORKLOADS : args) {
      int colon = workload.lastIndexOf(':');
      print(workload.substring(0, colon), Integer.parseInt(workload.substring(colon + 1)));
    }
  }

  private static Network network(String name) {
    return !name.equals("rows")
        ? Networks.byName(name)
        : Network.builder("rows", Shape.of(25088))
            .add("fc1", new Linear(4096))
            .add("relu1", new Relu())
            .add("fc2", new Linear(4096))
            .add("relu2", new Relu())
            .add("fc3", new Linear(1000))
            .build();
  }

  private static void print(String name, int batch) {
    ModelData floats = ModelData.untrained(network(name), 1);
    Shape shape = floats.network().input().batch(batch);
    try (Model f32 = Model.of(floats);
        Model bf16 = Model.of(floats.to(DType.BF16));
        Model f16 = Model.of(floats.to(DType.F16));
        Model products = Model.of(floats.to(DType.BF16), Precision.BF16);
        Arena arena = new Arena()) {
      float[] values = new float[Math.toIntExact(shape.elements())];
      Random random = new Random(2);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      Tensor x = arena.tensor(shape, values);
      Tensor y = f32.predict(x);
      List<Model> all = List.of(f32, bf16, f16, products);
      String[] names = {"", "BF16", "F16", "BF16, Precision.BF16"};
      List<double[]> rounds = new ArrayList<>();
      for (int i = 0; i <= ROUNDS; i++) { // the first warms up
        rounds.add(all.stream().mapToDouble(m -> seconds(m, x, y)).toArray());
      }
      rounds.remove(0);
      for (int m = 1; m < names.length; m++) {
        int of = m;
        double[] ratios = rounds.stream().mapToDouble(r -> r[0] / r[of]).sorted().toArray();
        System.out.printf(
            Locale.ROOT,
            "| %s | %d | %.2f | %s | %.2f | %.2f | %.2f | %.2f |%n",
            name,
            batch,
            1e3 * median(rounds, 0),
            names[m],
            ratios[ROUNDS / 2],
            ratios[0],
            ratios[ROUNDS - 1],
            (double) all.get(m).bytes() / f32.bytes());
      }
    }
  }

  /** Of a call, of as many as fill a while. */
  private static double seconds(Model model, Tensor x, Tensor y) {
    long start = System.nanoTime();
    int calls = 0;
    do {
      model.predict(x, y);
      calls++;
    } while (System.nanoTime() - start < SECONDS * 1e9);
    return (System.nanoTime() - start) / 1e9 / calls;
  }

  private static double median(List<double[]> rounds, int of) {
    double[] all = rounds.stream().mapToDouble(r -> r[of]).toArray();
    Arrays.sort(all);
    return all[all.length / 2];
  }
}
