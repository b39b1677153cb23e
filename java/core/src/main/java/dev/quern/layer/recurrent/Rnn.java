package dev.quern.layer.recurrent;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;

/**
 * Plain recurrent network (Elman network), as PyTorch's {@code nn.RNN} with one layer and {@code
 * batch_first}: {@code h = tanh(W x + b + U h + d)}. See {@link Recurrent} for shapes and
 * parameters. Elman, "Finding Structure in Time", 1990.
 *
 * @param hiddenSize the number of features of the state, at least 1
 * @param direction the order of the steps; default forward
 * @param bias whether the layer has biases; default true
 * @param initialState whether h before the first step is trained rather than zero; default false
 * @param nonlinearity the function of a step; default tanh
 */
public record Rnn(
    int hiddenSize,
    Direction direction,
    boolean bias,
    boolean initialState,
    Nonlinearity nonlinearity)
    implements Recurrent {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Rnn> TYPE =
      LayerType.of("rnn", Rnn.class)
          .integer("hidden_size", Rnn::hiddenSize)
          .choice("direction", Direction.class, Direction.FORWARD, Rnn::direction)
          .flag("bias", true, Rnn::bias)
          .flag("initial_state", false, Rnn::initialState)
          .choice("nonlinearity", Nonlinearity.class, Nonlinearity.TANH, Rnn::nonlinearity)
          .made(
              v ->
                  new Rnn(
                      v.integer("hidden_size"),
                      v.choice("direction", Direction.class),
                      v.flag("bias"),
                      v.flag("initial_state"),
                      v.choice("nonlinearity", Nonlinearity.class)));

  /** The function that makes the next state of the sum of input and state. */
  public enum Nonlinearity {
    TANH,
    RELU
  }

  public Rnn {
    Checks.atLeast("rnn", "hidden_size", hiddenSize, 1);
    Require.present("rnn", "direction", direction);
    Require.present("rnn", "nonlinearity", nonlinearity);
  }

  /** Creates a forward layer with PyTorch's defaults: tanh, with biases, starting from zeros. */
  public Rnn(int hiddenSize) {
    this(hiddenSize, Direction.FORWARD, true, false, Nonlinearity.TANH);
  }

  /** Returns a copy with another order of the steps. */
  public Rnn direction(Direction order) {
    return new Rnn(hiddenSize, order, bias, initialState, nonlinearity);
  }

  /** Returns a copy with or without biases. */
  public Rnn bias(boolean whether) {
    return new Rnn(hiddenSize, direction, whether, initialState, nonlinearity);
  }

  /** Returns a copy with a trained initial state, or one that starts from zeros. */
  public Rnn initialState(boolean whether) {
    return new Rnn(hiddenSize, direction, bias, whether, nonlinearity);
  }

  /** Returns a copy with another function. */
  public Rnn nonlinearity(Nonlinearity function) {
    return new Rnn(hiddenSize, direction, bias, initialState, function);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public int gates() {
    return 1;
  }
}
