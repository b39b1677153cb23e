package dev.quern.tests;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Ceil;
import dev.quern.layer.activation.Celu;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.Elu;
import dev.quern.layer.activation.Erf;
import dev.quern.layer.activation.Exp;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Floor;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.LeakyRelu;
import dev.quern.layer.activation.Log;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Mish;
import dev.quern.layer.activation.Power;
import dev.quern.layer.activation.Reciprocal;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Round;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Sign;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.activation.Softplus;
import dev.quern.layer.activation.Softsign;
import dev.quern.layer.activation.Sqrt;
import dev.quern.layer.activation.Tanh;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;

/** Networks that meet every rule of the plan about activations. */
final class ActivationNetworks {
  private ActivationNetworks() {}

  static Stream<Network> all() {
    return Stream.of(activations(), branchingActivations(), functions(), steps());
  }

  /**
   * Every activation behind a layer with weights, and pairs of those that go by their output, by
   * their input and by either.
   */
  private static Network activations() {
    NetworkBuilder b = Network.builder("activations", Shape.of(3, 6, 5)).add(new Tanh());
    for (Activation layer : ActivationTest.curves()) {
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

  /** Functions of arithmetic, those of positive numbers behind what makes them so. */
  private static Network functions() {
    NetworkBuilder b = Network.builder("functions", Shape.of(3, 6, 5)).add(new Conv2d(4, 1));
    for (Activation layer :
        List.of(new Log(), new Power(1.5f), new Power(-1), new Reciprocal(), new Sqrt())) {
      b.add(new Softplus()).add(new Affine(1, 0.5f)).add(layer).add(new Conv2d(4, 1));
    }
    for (Activation layer :
        List.of(new Abs(), new Celu(0.5f), new Clamp(-1, 1), new Erf(), new Exp(), new Power(3))) {
      b.add(layer).add(new Conv2d(4, 1)).add(new Softsign());
    }
    return b.add(new Flatten()).add(new Linear(5)).build();
  }

  /** Steps let no gradient pass, so that each has a way around it. */
  private static Network steps() {
    return Network.builder("steps", Shape.of(2, 5, 4))
        .add("stem", new Conv2d(3, 3).padding(1))
        .add("scale", new Affine(3, 0.25f))
        .add("floor", new Floor(), "scale")
        .add("ceil", new Ceil(), "scale")
        .add("round", new Round(), "scale")
        .add("sign", new Sign(), "stem")
        .add("fake", new FakeQuantize(0.25f, 1, -8, 7), "stem")
        .add("product", new Multiply(), "floor", "stem")
        .add("sum", new Add(), "product", "ceil", "round", "sign", "fake")
        .add("flat", new Flatten())
        .add("head", new Linear(4))
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
