package dev.quern.io;

import dev.quern.layer.Conv2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.Map;

/** {@code x sigmoid(beta x)}: a layer of an application, whose type is a name. */
record Swish(float beta) implements CustomLayer {
  /** The name under which files have it here. */
  static final String NAME = "acme.swish";

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public void forward(Forward pass) {
    for (int i = 0; i < pass.input().length; i++) {
      double x = pass.input()[i];
      pass.output()[i] = x / (1 + Math.exp(-beta * x));
    }
  }

  @Override
  public void backward(Backward pass) {
    for (int i = 0; i < pass.input().length; i++) {
      double s = 1 / (1 + Math.exp(-beta * pass.input()[i]));
      double slope = s + beta * pass.input()[i] * s * (1 - s);
      pass.gradInput()[i] = slope * pass.gradOutput()[i];
    }
  }

  static void register() {
    Codecs.layer(
        NAME,
        Swish.class,
        swish -> Map.of("beta", swish.beta()),
        in -> new Swish((float) in.number("beta", 1)));
  }

  /** A network with one. */
  static Network network() {
    return Network.builder("n", Shape.of(1, 4, 4))
        .add("conv", new Conv2d(2, 3))
        .add("swish", new Swish(0.7f))
        .add("flat", new Flatten())
        .add("fc", new Linear(3))
        .build();
  }
}
