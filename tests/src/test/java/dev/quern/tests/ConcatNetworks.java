package dev.quern.tests;

import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.stream.Stream;

/** Networks that join values of every memory order, along every axis; trainable tensors, too. */
final class ConcatNetworks {
  private ConcatNetworks() {}

  static Stream<Network> all() {
    return Stream.of(images(), signals(), features(), tokens(), boxes(), learned());
  }

  /** Below each other, then side by side, one of them twice. */
  private static Network images() {
    return head(
        Network.builder("joined images", Shape.of(3, 7, 6))
            .add("a", new Conv2d(4, 3).padding(1))
            .add("b", new Conv2d(4, 3).stride(new Size(2, 1)).padding(1), "input")
            .add("high", new Concat(1), "a", "b")
            .add("c", new Conv2d(4, new Size(1, 2)))
            .add("wide", new Concat(-1), "c", "high", "c")
            .add("conv", new Conv2d(2, 2)));
  }

  /** Channels in the signals' order, lengths in the callers', and one of each. */
  private static Network signals() {
    return head(
        Network.builder("joined signals", Shape.of(2, 10))
            .add("a", new Conv1d(4, 3).padding(1))
            .add("b", new Conv1d(3, 3).padding(1), "input")
            .add("both", new Concat(), "a", "b")
            .add("c", new Conv1d(4, 3))
            .add("long", new Concat(1), "c", "a")
            .add("part", new Slice(-1, 1, 9), "a")
            .add("mixed", new Concat(-2), "c", "part", "c")
            .add("turned", new Conv1d(3, 2))
            .add("rest", new Slice(1, 0, 7), "long")
            .add("end", new Concat(0), "rest", "turned"));
  }

  /** Flattened images keep their order where all have one; the last has a single channel. */
  private static Network features() {
    return Network.builder("joined features", Shape.of(3, 3, 2))
        .add("a", new Conv2d(4, 1))
        .add("aFlat", new Flatten())
        .add("b", new Conv2d(2, 1), "input")
        .add("bFlat", new Flatten())
        .add("c", new Conv2d(1, 1), "input")
        .add("cFlat", new Flatten())
        .add("flat", new Concat(), "aFlat", "cFlat", "bFlat")
        .add("linear", new Linear(5))
        .add("mixed", new Concat(-1), "linear", "cFlat", "aFlat")
        .add("head", new Linear(3))
        .build();
  }

  /** A row of constants before rows of features, and the features of two. */
  private static Network tokens() {
    return head(
        Network.builder("joined tokens", Shape.of(3, 6, 6))
            .add("patches", new Conv2d(5, 2).stride(2))
            .add("rows", new Reshape(5, 9))
            .add("tokens", new Permute(1, 0))
            .add("class", new Constant(Shape.of(1, 5), new float[] {1, -1, 0.5f, 0, 2}), "tokens")
            .add("all", new Concat(), "class", "tokens")
            .add("linear", new Linear(3))
            .add("features", new Concat(1), "all", "linear"));
  }

  /** As a detector joins the answers of its scales; then up to rank 6. */
  private static Network boxes() {
    return head(
        Network.builder("joined boxes", Shape.of(2, 4, 6))
            .add("fine", new Conv2d(4, 1))
            .add("fineRows", new Reshape(-1, 2))
            .add("coarse", new Conv2d(4, 2).stride(2), "input")
            .add("coarseRows", new Reshape(-1, 2))
            .add("boxes", new Concat(0), "fineRows", "coarseRows")
            .add("six", new Reshape(2, 1, 5, 3, 2, 2))
            .add("less", new Slice(3, 1, 2), "six")
            .add("more", new Concat(3), "six", "less")
            .add("four", new Reshape(2, 5, 4, 4))
            .add("twice", new Concat(-3), "four", "four"));
  }

  private static Network head(NetworkBuilder b) {
    return b.add("flat", new Flatten()).add("head", new Linear(3)).build();
  }

  /** Trainable tensors: factors of channels, a map, and a token and positions of a sequence. */
  private static Network learned() {
    return Network.builder("learned", Shape.of(3, 7, 6))
        .add("conv", new Conv2d(4, 3).padding(1))
        .add("scale", new TrainableTensor(4, 1, 1).value(0.5f))
        .add("scaled", new Multiply(), "conv", "scale")
        .add("map", new TrainableTensor(4, 7, 6).random(true), "conv")
        .add("sum", new Add(), "scaled", "map")
        .add("patches", new Reshape(4, 42))
        .add("tokens", new Permute(1, 0))
        .add("class", new TrainableTensor(1, 4))
        .add("all", new Concat(0), "class", "tokens")
        .add("position", new TrainableTensor(43, 4).random(true), "input")
        .add("placed", new Add(), "all", "position")
        .add("linear", new Linear(3))
        .add("factors", new TrainableTensor(1, 3).value(2), "linear")
        .add("product", new Multiply(), "linear", "factors")
        .add("flatten", new Flatten())
        .add("fc", new Linear(5))
        .build();
  }
}
