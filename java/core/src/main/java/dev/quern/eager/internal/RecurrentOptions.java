package dev.quern.eager.internal;

import dev.quern.kernel.RecurrentKernel.Kind;
import dev.quern.kernel.RecurrentKernel.Options;
import dev.quern.kernel.RecurrentKernel.Order;
import dev.quern.kernel.RecurrentKernel.Tensors;
import dev.quern.layer.recurrent.Gru;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.layer.recurrent.Rnn;
import java.util.function.Function;
import org.bytedeco.javacpp.FloatPointer;

/** The options and weights of recurrent layers, as their kernel takes them. */
public final class RecurrentOptions {
  private RecurrentOptions() {}

  /**
   * Returns a layer's options.
   *
   * @param features the number of features of a step
   * @param backward whether to pack weights for the backward pass, too
   */
  public static Options of(Recurrent layer, long features, boolean backward) {
    Kind kind;
    if (layer instanceof Lstm) {
      kind = Kind.LSTM;
    } else if (layer instanceof Gru gru) {
      kind = gru.linearBeforeReset() ? Kind.GRU : Kind.GRU_RESET_FIRST;
    } else {
      kind = ((Rnn) layer).nonlinearity() == Rnn.Nonlinearity.RELU ? Kind.RNN_RELU : Kind.RNN_TANH;
    }
    return new Options(
        kind,
        Order.valueOf(layer.direction().name()),
        features,
        layer.hiddenSize(),
        layer instanceof Lstm lstm && lstm.cellState(),
        backward);
  }

  /**
   * Returns the weights of one direction, or their gradients.
   *
   * @param named a function that returns the memory of a parameter by its name in the layer; null
   *     for a parameter that the layer does not have
   */
  public static Tensors tensors(int direction, Function<String, FloatPointer> named) {
    String end = direction == 0 ? "" : "_reverse";
    return new Tensors(
        named.apply("weight_ih_l0" + end),
        named.apply("weight_hh_l0" + end),
        named.apply("bias_ih_l0" + end),
        named.apply("bias_hh_l0" + end),
        named.apply("h_0" + end),
        named.apply("c_0" + end));
  }
}
