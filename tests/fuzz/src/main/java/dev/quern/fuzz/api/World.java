package dev.quern.fuzz.api;

import dev.quern.data.Dataset;
import dev.quern.error.QuernException;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingState;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Things that go together: a network, data that fit it, and what is made of both when asked. */
final class World {
  private static final int BATCH = 5;

  final Draw draw;
  final Network network;
  final Loss loss;
  final Dataset data;

  /** The same data, at times from a set of the user's. */
  final Dataset samples;

  final Arena arena = new Arena();
  private final List<AutoCloseable> opened = new ArrayList<>(List.of(arena));
  private volatile Trainer trainer; // no lock: two at once do no harm, a lock held over calls does
  private volatile Model model;

  /**
   * @param ownOrNull layers of the user's
   * @param mischiefOrNull what the user's data set does
   */
  World(Draw draw, Supplier<CustomLayer> ownOrNull, Mischief mischiefOrNull) {
    this.draw = draw;
    boolean row = draw.below(3) > 0;
    this.network = network(row, ownOrNull);
    this.loss = row && draw.below(3) > 0 ? new CrossEntropy() : Settings.loss(draw);
    this.data = data();
    this.samples = draw.once(2) ? new OwnDataset(draw, data, mischiefOrNull) : data;
  }

  private World(Draw draw, World of) {
    this.draw = draw;
    network = of.network;
    loss = of.loss;
    data = of.data;
    samples = of.samples;
    of.opened(arena);
  }

  /** The same network and data, and choices of its own; closed with this one. */
  World with(Draw other) {
    return new World(other, this);
  }

  /** An unsound network is refused as it should be; a plain one takes its place. */
  private Network network(boolean row, Supplier<CustomLayer> ownOrNull) {
    try {
      return Nets.any(draw, row, ownOrNull);
    } catch (QuernException e) {
      return Network.of("plain", Shape.of(1, 3, 3), new Flatten(), new Linear(3));
    }
  }

  /** What is closed at the end of the case. */
  synchronized <T extends AutoCloseable> T opened(T what) {
    opened.add(what);
    return what;
  }

  /** All that is to be closed, dependents first. */
  synchronized List<AutoCloseable> opened() {
    List<AutoCloseable> all = new ArrayList<>(opened);
    Collections.reverse(all);
    return all;
  }

  private Dataset data() {
    Shape in = network.input();
    Shape out = network.output();
    int n = draw.between(1, 9);
    boolean floats = draw.once(3);
    float[] values = draw.floats((int) in.elements() * n);
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) draw.below(256);
    }
    if (loss instanceof CrossEntropy && out.rank() == 1 && draw.below(4) > 0) {
      List<String> names = names((int) out.dim(0));
      return floats
          ? Dataset.of("d", in, names, values, labels(n))
          : Dataset.of("d", in, names, bytes, labels(n));
    }
    boolean positions = out.rank() > 1 && draw.once(2);
    Shape shape = positions ? tail(out) : out;
    FloatBuffer targets =
        positions
            ? indices(draw, (int) out.dim(0), shape.elements() * n, draw.of(-100, 0, 255))
            : FloatBuffer.wrap(shares((int) out.elements() * n));
    return floats
        ? Dataset.ofTargets("d", in, values, shape, targets)
        : Dataset.ofTargets("d", in, bytes, shape, targets);
  }

  /** A label at each position: the output's shape behind the classes. */
  private static Shape tail(Shape out) {
    long[] dims = out.toArray();
    return Shape.of(Arrays.copyOfRange(dims, 1, dims.length));
  }

  /** Classes by their numbers, one in nine ignored. */
  static FloatBuffer indices(Draw draw, int classes, long n, int ignored) {
    float[] all = new float[(int) n];
    for (int i = 0; i < n; i++) {
      all[i] = ignored != -1 && draw.once(9) ? ignored : draw.below(classes);
    }
    return FloatBuffer.wrap(all);
  }

  private static List<String> names(int n) {
    return IntStream.range(0, n).mapToObj(i -> "class " + i).toList();
  }

  int[] labels(int n) {
    int classes = (int) network.output().dim(0);
    return IntStream.range(0, n).map(i -> draw.below(classes)).toArray();
  }

  private float[] shares(int n) {
    float[] values = draw.floats(n);
    for (int i = 0; i < n; i++) {
      values[i] = Math.abs(values[i]);
    }
    return values;
  }

  Tensor images(int n) {
    return tensor(network.input().batch(n));
  }

  Tensor targets(int n) {
    Shape s = network.output().batch(n);
    return arena.tensor(s, shares((int) s.elements()));
  }

  Tensor tensor(Shape s) {
    return arena.tensor(s, draw.floats((int) s.elements()));
  }

  TrainerBuilder builder() {
    return Settings.some(Trainer.builder(network).batch(BATCH).loss(loss), this);
  }

  Trainer trainer() {
    if (trainer == null) {
      Trainer t;
      try {
        t = builder().build();
      } catch (QuernException e) { // some settings do not go together
        t = Trainer.builder(network).batch(BATCH).loss(loss).build();
      }
      trainer = opened(t);
    }
    return trainer;
  }

  TrainingState state() {
    return trainer().state();
  }

  ModelData modelData() {
    return trainer().modelData(data.classes(), Map.of("by", "fuzz"));
  }

  Model model() {
    if (model == null) {
      model = opened(Model.of(modelData(), Settings.precision(draw)));
    }
    return model;
  }
}
