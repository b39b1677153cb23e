package dev.quern.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.AdaptiveAvgPool1d;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.AvgPool1d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose1d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.LayerType;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.MaxPool1d;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.RmsNorm;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.layer.StochasticDepth;
import dev.quern.layer.activation.Abs;
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
import dev.quern.layer.activation.Hardshrink;
import dev.quern.layer.activation.Hardsigmoid;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.LeakyRelu;
import dev.quern.layer.activation.Log;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Mish;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.activation.Power;
import dev.quern.layer.activation.Reciprocal;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Round;
import dev.quern.layer.activation.Selu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Sign;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.activation.Softplus;
import dev.quern.layer.activation.Softsign;
import dev.quern.layer.activation.Sqrt;
import dev.quern.layer.activation.Tanh;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Amin;
import dev.quern.layer.math.Argmax;
import dev.quern.layer.math.Argmin;
import dev.quern.layer.math.Compare;
import dev.quern.layer.math.Divide;
import dev.quern.layer.math.Matmul;
import dev.quern.layer.math.Maximum;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Minimum;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Pow;
import dev.quern.layer.math.Prod;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.math.Sum;
import dev.quern.layer.math.Where;
import dev.quern.layer.recurrent.Gru;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Rnn;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.layer.shape.Chunk;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.PixelUnshuffle;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.layer.volume.AvgPool3d;
import dev.quern.layer.volume.BatchNorm3d;
import dev.quern.layer.volume.Conv3d;
import dev.quern.layer.volume.MaxPool3d;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The registry of all built-in layer types. Networks accept these types, and model files contain
 * their names. Immutable and thread-safe.
 */
public final class LayerTypes {
  private static final List<LayerType<?>> ALL =
      List.of(
          Abs.TYPE,
          AdaptiveAvgPool1d.TYPE,
          AdaptiveAvgPool2d.TYPE,
          AdaptiveMaxPool2d.TYPE,
          Add.TYPE,
          Affine.TYPE,
          Amax.TYPE,
          Amin.TYPE,
          Argmax.TYPE,
          Argmin.TYPE,
          AvgPool1d.TYPE,
          AvgPool2d.TYPE,
          AvgPool3d.TYPE,
          BatchNorm1d.TYPE,
          BatchNorm2d.TYPE,
          BatchNorm3d.TYPE,
          Ceil.TYPE,
          Celu.TYPE,
          ChannelShuffle.TYPE,
          Chunk.TYPE,
          CircularPad2d.TYPE,
          Clamp.TYPE,
          Compare.TYPE,
          Concat.TYPE,
          Constant.TYPE,
          Conv1d.TYPE,
          Conv2d.TYPE,
          Conv3d.TYPE,
          ConvTranspose1d.TYPE,
          ConvTranspose2d.TYPE,
          DeformConv2d.TYPE,
          Divide.TYPE,
          Dropout.TYPE,
          Dropout2d.TYPE,
          Elu.TYPE,
          Erf.TYPE,
          Exp.TYPE,
          FakeQuantize.TYPE,
          Flatten.TYPE,
          Floor.TYPE,
          Gather.TYPE,
          Gelu.TYPE,
          GridSample.TYPE,
          GroupNorm.TYPE,
          Gru.TYPE,
          Hardshrink.TYPE,
          Hardsigmoid.TYPE,
          Hardswish.TYPE,
          LayerNorm.TYPE,
          LeakyRelu.TYPE,
          Linear.TYPE,
          LocalResponseNorm.TYPE,
          Log.TYPE,
          LogSoftmax.TYPE,
          Lstm.TYPE,
          Matmul.TYPE,
          MaxPool1d.TYPE,
          MaxPool2d.TYPE,
          MaxPool3d.TYPE,
          Maximum.TYPE,
          Mean.TYPE,
          Minimum.TYPE,
          Mish.TYPE,
          Multiply.TYPE,
          PRelu.TYPE,
          Permute.TYPE,
          PixelUnshuffle.TYPE,
          Pow.TYPE,
          Power.TYPE,
          Prod.TYPE,
          QuantizedConv2d.TYPE,
          QuantizedLinear.TYPE,
          Reciprocal.TYPE,
          ReflectionPad2d.TYPE,
          Relu.TYPE,
          Relu6.TYPE,
          ReplicationPad2d.TYPE,
          Reshape.TYPE,
          ResizeLike.TYPE,
          RmsNorm.TYPE,
          Rnn.TYPE,
          Round.TYPE,
          ScaledDotProductAttention.TYPE,
          Selu.TYPE,
          Sigmoid.TYPE,
          Sign.TYPE,
          Silu.TYPE,
          Slice.TYPE,
          Softmax.TYPE,
          Softplus.TYPE,
          Softsign.TYPE,
          Sqrt.TYPE,
          StochasticDepth.TYPE,
          Subtract.TYPE,
          Sum.TYPE,
          Tanh.TYPE,
          TrainableTensor.TYPE,
          UpsampleBilinear2d.TYPE,
          UpsampleNearest2d.TYPE,
          Where.TYPE,
          ZeroPad2d.TYPE);

  private static final Map<String, LayerType<?>> BY_NAME =
      ALL.stream().collect(Collectors.toMap(LayerType::name, Function.identity()));

  private static final Map<Class<?>, LayerType<?>> BY_CLASS =
      ALL.stream().collect(Collectors.toMap(LayerType::layer, Function.identity()));

  private LayerTypes() {}

  /** Returns all built-in layer types, in alphabetical order. */
  public static List<LayerType<?>> all() {
    return ALL;
  }

  /**
   * Returns the classes of all built-in layer types that extend {@code family}, such as {@code
   * Activation}.
   */
  public static <F extends Layer> List<Class<? extends F>> family(Class<F> family) {
    Require.present("layer types", "family", family);
    return ALL.stream()
        .map(LayerType::layer)
        .filter(family::isAssignableFrom)
        .<Class<? extends F>>map(c -> c.asSubclass(family))
        .toList();
  }

  /** Returns the built-in layer type with this name; null if there is none. */
  public static @Nullable LayerType<?> find(String name) {
    return BY_NAME.get(Require.present("layer types", "name", name));
  }

  /** Returns the type of a layer; null for a custom layer. */
  public static @Nullable LayerType<?> of(Layer layer) {
    return BY_CLASS.get(Require.present("layer types", "layer", layer).getClass());
  }

  /**
   * Returns the layer if it is built-in or a {@link CustomLayer}.
   *
   * @param node name of the node, for the message
   * @throws InvalidArgumentException if the layer is neither built-in nor a custom layer
   */
  static Layer require(String node, Layer layer) {
    if (!(layer instanceof CustomLayer) && of(layer) == null) {
      throw new InvalidArgumentException(
          "network: layer "
              + node
              + ": "
              + layer.getClass().getName()
              + " is neither a built-in layer nor a CustomLayer");
    }
    return layer;
  }
}
