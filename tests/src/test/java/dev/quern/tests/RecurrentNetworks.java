package dev.quern.tests;

import dev.quern.eager.Eager;
import dev.quern.eager.RecurrentPass;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.Parameter;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Mean;
import dev.quern.layer.recurrent.Direction;
import dev.quern.layer.recurrent.Gru;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.layer.recurrent.Rnn;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.Slice;
import dev.quern.network.Network;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Networks with recurrent layers: first and last of all, stacked, in sums, in any memory order. */
final class RecurrentNetworks {
  private RecurrentNetworks() {}

  /** Those that have an ONNX form. */
  static Stream<Network> written() {
    return Stream.of(columns(), stacked(), starting(), alone());
  }

  static Stream<Network> all() {
    return Stream.concat(written(), Stream.of(cells()));
  }

  /** The columns of an image as steps, as in text recognition. */
  private static Network columns() {
    return Network.builder("columns", Shape.of(2, 4, 6))
        .add("conv", new Conv2d(3, 3).padding(1))
        .add("steps", new Permute(2, 0, 1))
        .add("sequence", new Reshape(6, 12))
        .add("lstm", new Lstm(5).direction(Direction.BIDIRECTIONAL))
        .add("mean", new Mean(0))
        .add("head", new Linear(4))
        .build();
  }

  /** Every kind in turn, with a shortcut; the last step decides. */
  private static Network stacked() {
    return Network.builder("stacked", Shape.of(5, 3))
        .add("gru", new Gru(4).direction(Direction.REVERSE))
        .add("first", new Gru(4).linearBeforeReset(false))
        .add("rnn", new Rnn(4).bias(false))
        .add("sum", new Add(), "rnn", "gru")
        .add("lstm", new Lstm(3).bias(false))
        .add("last", new Slice(0, -1, Integer.MAX_VALUE))
        .add("flat", new Flatten())
        .add("head", new Linear(2))
        .build();
  }

  /** Trained initial states. */
  private static Network starting() {
    return Network.builder("starting", Shape.of(3, 2))
        .add("lstm", new Lstm(3).initialState(true).direction(Direction.BIDIRECTIONAL))
        .add("gru", new Gru(3).initialState(true))
        .add(
            "reset",
            new Gru(2)
                .initialState(true)
                .linearBeforeReset(false)
                .direction(Direction.BIDIRECTIONAL))
        .add("rnn", new Rnn(3).initialState(true).direction(Direction.REVERSE))
        .add("flat", new Flatten())
        .build();
  }

  private static Network alone() {
    return Network.of("one-step", Shape.of(1, 7), new Lstm(17), new Flatten());
  }

  /** Cell states as outputs. */
  private static Network cells() {
    return Network.builder("cells", Shape.of(4, 3))
        .add("lstm", new Lstm(3).cellState(true).direction(Direction.BIDIRECTIONAL))
        .add("state", new Lstm(2).cellState(true).initialState(true))
        .add("flat", new Flatten())
        .add("head", new Linear(2))
        .build();
  }

  /** Both passes on tensors, for tests of threads and processors. */
  static List<Tensor> work(Arena a, Values v) {
    List<Tensor> results = new ArrayList<>();
    Direction both = Direction.BIDIRECTIONAL;
    for (Recurrent layer :
        List.of(new Lstm(37).direction(both), new Gru(70), new Rnn(19).direction(both))) {
      Tensor x = Work.tensor(a, v, 45, 9, 31);
      Map<String, Tensor> weights = new LinkedHashMap<>();
      for (Parameter p : layer.parameters(x.shape().sample())) {
        weights.put(p.name(), Work.tensor(a, v, p.shape().toArray()));
      }
      Tensor y = Eager.of(layer).forward(x, weights);
      RecurrentPass.Gradients g = Eager.of(layer).backward(x, weights, y);
      results.addAll(List.of(y, g.input()));
      weights.keySet().forEach(name -> results.add(g.weights().get(name)));
    }
    return results;
  }
}
