package dev.quern.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Activation;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.Add;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.ChannelShuffle;
import dev.quern.layer.Chunk;
import dev.quern.layer.CircularPad2d;
import dev.quern.layer.Compare;
import dev.quern.layer.Concat;
import dev.quern.layer.Constant;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Divide;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Extremum;
import dev.quern.layer.Flatten;
import dev.quern.layer.Gather;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.Layer;
import dev.quern.layer.Layer1d;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.LogSoftmax;
import dev.quern.layer.Matmul;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Maximum;
import dev.quern.layer.Minimum;
import dev.quern.layer.Multiply;
import dev.quern.layer.PRelu;
import dev.quern.layer.Permute;
import dev.quern.layer.Pow;
import dev.quern.layer.Quantized;
import dev.quern.layer.Reduction;
import dev.quern.layer.ReflectionPad2d;
import dev.quern.layer.Relu;
import dev.quern.layer.ReplicationPad2d;
import dev.quern.layer.Reshape;
import dev.quern.layer.ResizeLike;
import dev.quern.layer.Slice;
import dev.quern.layer.Softmax;
import dev.quern.layer.Subtract;
import dev.quern.layer.UpsampleBilinear2d;
import dev.quern.layer.UpsampleNearest2d;
import dev.quern.layer.Where;
import dev.quern.layer.ZeroPad2d;
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
