package dev.quern.tests;

import dev.quern.eager.Eager;
import dev.quern.eager.RecurrentPass.Gradients;
import dev.quern.layer.Parameter;
import dev.quern.layer.recurrent.Direction;
import dev.quern.layer.recurrent.Gru;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.layer.recurrent.Rnn;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How recorded cases of recurrent layers run natively. */
final class GoldenRecurrent {
  static final Map<String, GoldenRunners.Runner> TABLE =
      Map.of(
          "lstm", (c, a, p) -> run(lstm(c), c, a, p),
          "gru", (c, a, p) -> run(gru(c), c, a, p),
          "rnn", (c, a, p) -> run(rnn(c), c, a, p));

  private GoldenRecurrent() {}

  private static Direction direction(GoldenCase c) {
    return Direction.valueOf(c.params().get("direction").asText().toUpperCase(Locale.ROOT));
  }

  private static Lstm lstm(GoldenCase c) {
    return new Lstm(c.integer("hidden_size", 0))
        .direction(direction(c))
        .bias(c.flag("bias", true))
        .initialState(c.flag("initial_state", false));
  }

  private static Gru gru(GoldenCase c) {
    return new Gru(c.integer("hidden_size", 0))
        .direction(direction(c))
        .bias(c.flag("bias", true))
        .initialState(c.flag("initial_state", false));
  }

  private static Rnn rnn(GoldenCase c) {
    boolean relu = c.params().path("nonlinearity").asText().equals("relu");
    return new Rnn(c.integer("hidden_size", 0))
        .direction(direction(c))
        .bias(c.flag("bias", true))
        .initialState(c.flag("initial_state", false))
        .nonlinearity(relu ? Rnn.Nonlinearity.RELU : Rnn.Nonlinearity.TANH);
  }

  private static void run(Recurrent layer, GoldenCase c, Arena a, Passes p) {
    Tensor x = c.tensor(a, "input");
    Tensor gy = c.tensor(a, "grad_output");
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (Parameter of : layer.parameters(x.shape().sample())) {
      weights.put(of.name(), c.tensor(a, of.name()));
    }
    c.agrees("output", p.run("recurrent", layer.type(), () -> Eager.of(layer).forward(x, weights)));
    Gradients g = p.run("recurrent", layer.type(), () -> Eager.of(layer).backward(x, weights, gy));
    c.agrees("grad_input", g.input());
    g.weights().forEach((name, gradient) -> c.agrees("grad_" + name, gradient));
  }
}
