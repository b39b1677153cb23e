package dev.quern.tests;

import dev.quern.layer.Activation;
import dev.quern.layer.Add;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Elu;
import dev.quern.layer.Flatten;
import dev.quern.layer.Gelu;
import dev.quern.layer.Hardswish;
import dev.quern.layer.LeakyRelu;
import dev.quern.layer.Linear;
import dev.quern.layer.LogSoftmax;
import dev.quern.layer.Mish;
import dev.quern.layer.Relu;
import dev.quern.layer.Sigmoid;
import dev.quern.layer.Silu;
import dev.quern.layer.Tanh;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.tensor.Shape;
import java.util.stream.Stream;

/** Networks that meet every rule of the plan about activations. */
final class ActivationNetworks {
  private ActivationNetworks() {}

  static Stream<Network> all() {
    return Stream.of(activations(), branchingActivations());
  }

  /**
   * Every activation behind a layer with weights, and pairs of those that go by their output, by
   * their input and by either.
   */
  private static Network activations() {
    NetworkBuilder b = Network.builder("activations", Shape.of(3, 6, 5)).add(new Tanh());
    for (Activation layer : ActivationTest.layers()) {
      b.add(new Conv2d(4, 1)).add(layer);
    }
    return b.add(new Sigmoid())
        .add(new Silu())
        .add(new LeakyRelu())
        .add(new LeakyRelu(-0.5f))
        .add(new Relu())
        .add(new Flatten())
        .add(new Mish())
        .add(new Linear(5))
        .add(new LogSoftmax())
        .add(new Elu())
        .build();
  }

  /** Values that an activation must leave alone, since others read them. */
  private static Network branchingActivations() {
    return Network.builder("branching-activations", Shape.of(2, 5, 4))
        .add("stem", new Conv2d(3, 3).padding(1))
        .add("bn", new BatchNorm2d())
        .add("swish", new Silu(), "bn")
        .add("gate", new Sigmoid(), "bn")
        .add("gelu", new Gelu(), "swish")
        .add("elu", new Elu(), "swish")
        .add("sum", new Add(), "gate", "gelu", "elu", "stem")
        .add("log", new LogSoftmax())
        .add("hard", new Hardswish())
        .add("flat", new Flatten())
        .add("head", new Linear(4))
        .build();
  }
}
