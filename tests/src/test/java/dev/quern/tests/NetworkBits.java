package dev.quern.tests;

import dev.quern.engine.Engine;
import dev.quern.error.QuernException;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What some steps of training make of a network's weights, in one number; also as a program. */
final class NetworkBits {
  private static final int STEPS = Suite.FULL ? 10 : 2;
  private static final int BATCH = 5;

  private NetworkBits() {}

  /** Prints a line for each network and run, by one thread, three, and one again. */
  public static void main(String[] args) {
    try {
      System.out.println("isa " + Engine.info().isa());
    } catch (QuernException e) {
      System.out.println(e.getMessage());
      System.exit(IsaMain.REFUSED);
    }
    for (Network network : networks()) {
      for (int threads : new int[] {1, 3, 1}) {
        System.out.println("bits " + network.name() + " " + after(network, threads));
      }
    }
  }

  /** Dense, residual and depthwise convolutions. */
  static List<Network> networks() {
    return List.of(
        Networks.byName("lenet", Shape.of(1, 28, 28), 10),
        Networks.byName("resnet20", Shape.of(3, 16, 16), 10),
        Networks.mobilenet(0.25, 1, Shape.of(3, 32, 32), 10));
  }

  static int after(Network network, int threads) {
    return after(network, threads, STEPS);
  }

  static int after(Network network, int threads, int steps) {
    int before = Engine.info().threads();
    Engine.setThreads(threads);
    Values values = Values.floats(7);
    int classes = (int) network.output().dim(0);
    try (Trainer trainer =
            Trainer.builder(network).batch(BATCH).optimizer(new Sgd(0.01f, 0.9f)).build();
        Arena arena = new Arena()) {
      Tensor images = Values.tensor(arena, values.array(network.input().batch(BATCH)));
      for (int step = 0; step < steps; step++) {
        int first = step;
        int[] labels = new int[BATCH];
        Arrays.setAll(labels, i -> (first + 3 * i) % classes);
        if (network.output().rank() == 1) {
          trainer.step(images, labels);
        } else {
          trainer.step(images, pixels(arena, network.output(), labels));
        }
      }
      int hash = 1;
      for (float[] weights : trainer.modelData(names(classes), Map.of()).weights().values()) {
        hash = 31 * hash + Arrays.hashCode(weights);
      }
      return hash;
    } finally {
      Engine.setThreads(before);
    }
  }

  /** The label of each image at each of its pixels. */
  private static Tensor pixels(Arena arena, Shape output, int... labels) {
    int size = (int) (output.dim(1) * output.dim(2));
    float[] all = new float[labels.length * size];
    for (int i = 0; i < labels.length; i++) {
      Arrays.fill(all, i * size, (i + 1) * size, labels[i]);
    }
    return arena.tensor(Shape.of(labels.length, output.dim(1), output.dim(2)), all);
  }

  private static List<String> names(int classes) {
    return IntStream.range(0, classes).mapToObj(i -> "c" + i).toList();
  }
}
