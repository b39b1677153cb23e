package dev.quern.layer.recurrent;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;

/**
 * Gated recurrent unit (GRU), as PyTorch's {@code nn.GRU} with one layer and {@code batch_first}:
 * {@code h = (1 - sigmoid(z)) tanh(n) + sigmoid(z) h}, where the gates r, z and n, in this order,
 * are linear functions of a step's input and of h before the step. See {@link Recurrent} for shapes
 * and parameters. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for
 * Statistical Machine Translation", 2014.
 *
 * @param hiddenSize the number of features of the state, at least 1
 * @param direction the order of the steps; default forward
 * @param bias whether the layer has biases; default true
 * @param initialState whether h before the first step is trained rather than zero; default false
 * @param linearBeforeReset whether the reset gate multiplies the state after its product with the
 *     weight, {@code n = W x + b + sigmoid(r) (U h + d)}, as in PyTorch, or before it, {@code n = W
 *     x + b + U (sigmoid(r) h) + d}, as in the publication; default true. ONNX has an attribute of
 *     this name
 */
public record Gru(
    int hiddenSize,
    Direction direction,
    boolean bias,
    boolean initialState,
    boolean linearBeforeReset)
    implements Recurrent {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Gru> TYPE =
      LayerType.of("gru", Gru.class)
          .integer("hidden_size", Gru::hiddenSize)
          .choice("direction", Direction.class, Direction.FORWARD, Gru::direction)
          .flag("bias", true, Gru::bias)
          .flag("initial_state", false, Gru::initialState)
          .flag("linear_before_reset", true, Gru::linearBeforeReset)
          .made(
              v ->
                  new Gru(
                      v.integer("hidden_size"),
                      v.choice("direction", Direction.class),
                      v.flag("bias"),
                      v.flag("initial_state"),
                      v.flag("linear_before_reset")));

  public Gru {
    Checks.atLeast("gru", "hidden_size", hiddenSize, 1);
    Require.present("gru", "direction", direction);
  }

  /** Creates a forward layer with PyTorch's defaults: with biases, starting from zeros. */
  public Gru(int hiddenSize) {
    this(hiddenSize, Direction.FORWARD, true, false, true);
  }

  /** Returns a copy with another order of the steps. */
  public Gru direction(Direction order) {
    return new Gru(hiddenSize, order, bias, initialState, linearBeforeReset);
  }

  /** Returns a copy with or without biases. */
  public Gru bias(boolean whether) {
    return new Gru(hiddenSize, direction, whether, initialState, linearBeforeReset);
  }

  /** Returns a copy with a trained initial state, or one that starts from zeros. */
  public Gru initialState(boolean whether) {
    return new Gru(hiddenSize, direction, bias, whether, linearBeforeReset);
  }

  /** Returns a copy whose reset gate multiplies after or before the product with the weight. */
  public Gru linearBeforeReset(boolean whether) {
    return new Gru(hiddenSize, direction, bias, initialState, whether);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public int gates() {
    return 3;
  }
}
