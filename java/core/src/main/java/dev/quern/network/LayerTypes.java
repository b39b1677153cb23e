package dev.quern.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.Layer;
import dev.quern.layer.Layer1d;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Quantized;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Compare;
import dev.quern.layer.math.Divide;
import dev.quern.layer.math.Extremum;
import dev.quern.layer.math.Matmul;
import dev.quern.layer.math.Maximum;
import dev.quern.layer.math.Minimum;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Pow;
import dev.quern.layer.math.Reduction;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.math.Where;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.layer.shape.Chunk;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The one list of Quern's layers: what is here, networks take; files name it, and every test that
 * goes through all layers goes through this list. Immutable and thread-safe.
 */
public final class LayerTypes {
  private static final Set<Class<? extends Layer>> ALL = new LinkedHashSet<>();

  static {
    ALL.addAll(
        List.of(
            AdaptiveAvgPool2d.class,
            AdaptiveMaxPool2d.class,
            Add.class,
            AvgPool2d.class,
            BatchNorm2d.class,
            ChannelShuffle.class,
            Chunk.class,
            CircularPad2d.class,
            Compare.class,
            Concat.class,
            Constant.class,
            Conv2d.class,
            ConvTranspose2d.class,
            Divide.class,
            Dropout.class,
            Dropout2d.class,
            Flatten.class,
            Gather.class,
            GroupNorm.class,
            LayerNorm.class,
            Linear.class,
            LocalResponseNorm.class,
            LogSoftmax.class,
            Matmul.class,
            MaxPool2d.class,
            Maximum.class,
            Minimum.class,
            Multiply.class,
            PRelu.class,
            Permute.class,
            Pow.class,
            ReflectionPad2d.class,
            Relu.class,
            ReplicationPad2d.class,
            Reshape.class,
            ResizeLike.class,
            Slice.class,
            Softmax.class,
            Subtract.class,
            UpsampleBilinear2d.class,
            UpsampleNearest2d.class,
            Where.class,
            ZeroPad2d.class));
    List.of(Activation.class, Extremum.class, Layer1d.class, Quantized.class, Reduction.class)
        .forEach(LayerTypes::family);
  }

  private LayerTypes() {}

  /** The layers that a sealed interface permits. */
  private static void family(Class<? extends Layer> sealed) {
    Stream.of(sealed.getPermittedSubclasses()).forEach(t -> ALL.add(t.asSubclass(Layer.class)));
  }

  /** The class of each layer, every one a record. */
  public static List<Class<? extends Layer>> all() {
    return List.copyOf(ALL);
  }

  /** A layer that networks take: one of {@link #all}, or the user's own. */
  static Layer require(String node, Layer layer) {
    if (!(layer instanceof CustomLayer) && !ALL.contains(layer.getClass())) {
      throw new InvalidArgumentException(
          "network: layer "
              + node
              + ": "
              + layer.getClass().getName()
              + " is none of Quern's layers, and does not implement CustomLayer");
    }
    return layer;
  }
}
