package dev.quern.layer.recurrent;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;

/**
 * Long short-term memory (LSTM), as PyTorch's {@code nn.LSTM} with one layer and {@code
 * batch_first}: {@code c = sigmoid(f) c + sigmoid(i) tanh(g)} and {@code h = sigmoid(o) tanh(c)},
 * where i, f, g and o, in this order, are linear functions of a step's input and of h before the
 * step. See {@link Recurrent} for shapes and parameters. Hochreiter and Schmidhuber, "Long
 * Short-Term Memory", 1997; with forget gates: Gers et al., "Learning to Forget: Continual
 * Prediction with LSTM", 2000.
 *
 * @param hiddenSize the number of features of the state, at least 1
 * @param direction the order of the steps; default forward
 * @param bias whether the layer has biases; default true
 * @param initialState whether h and c before the first step are trained rather than zero; default
 *     false
 * @param cellState whether the output is the sequence of cell states c instead of that of hidden
 *     states h; default false
 */
public record Lstm(
    int hiddenSize, Direction direction, boolean bias, boolean initialState, boolean cellState)
    implements Recurrent {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Lstm> TYPE =
      LayerType.of("lstm", Lstm.class)
          .integer("hidden_size", Lstm::hiddenSize)
          .choice("direction", Direction.class, Direction.FORWARD, Lstm::direction)
          .flag("bias", true, Lstm::bias)
          .flag("initial_state", false, Lstm::initialState)
          .flag("cell_state", false, Lstm::cellState)
          .made(
              v ->
                  new Lstm(
                      v.integer("hidden_size"),
                      v.choice("direction", Direction.class),
                      v.flag("bias"),
                      v.flag("initial_state"),
                      v.flag("cell_state")));

  public Lstm {
    Checks.atLeast("lstm", "hidden_size", hiddenSize, 1);
    Require.present("lstm", "direction", direction);
  }

  /** Creates a forward layer with PyTorch's defaults: with biases, starting from zeros. */
  public Lstm(int hiddenSize) {
    this(hiddenSize, Direction.FORWARD, true, false, false);
  }

  /** Returns a copy with another order of the steps. */
  public Lstm direction(Direction order) {
    return new Lstm(hiddenSize, order, bias, initialState, cellState);
  }

  /** Returns a copy with or without biases. */
  public Lstm bias(boolean whether) {
    return new Lstm(hiddenSize, direction, whether, initialState, cellState);
  }

  /** Returns a copy with a trained initial state, or one that starts from zeros. */
  public Lstm initialState(boolean whether) {
    return new Lstm(hiddenSize, direction, bias, whether, cellState);
  }

  /** Returns a copy whose output is the sequence of cell states, or of hidden states. */
  public Lstm cellState(boolean whether) {
    return new Lstm(hiddenSize, direction, bias, initialState, whether);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public int gates() {
    return 4;
  }
}
