package dev.quern.plan.build;

import dev.quern.kernel.PackedWeights;
import dev.quern.kernel.Packing;
import dev.quern.kernel.conv.Conv2dKernel;
import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.kernel.conv.Conv2dTuning.Pass;
import dev.quern.network.Network;
import dev.quern.plan.memory.ElementType;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Context for packing one layer's weights in a {@link LayerPlan}. */
public final class Packer {
  public final LayerWeights weights;

  /** The precision of convolutions. */
  public final Conv2dPrecision products;

  /** Whether weights must also be packed for backward passes. */
  public final boolean training;

  /**
   * The shape of one input sample; for a one-dimensional layer, the shape for the two-dimensional
   * equivalent.
   */
  public final Shape in;

  /** The memory order of the layer's input, as a number of pixels: {@link Orders}. */
  public final long pixels;

  private final PackedLayers owner;
  private final Network.Node node;

  Packer(PackedLayers owner, Network.Node node, LayerWeights weights, long pixels) {
    this.owner = owner;
    this.node = node;
    this.weights = weights;
    this.pixels = pixels;
    products = owner.use.products();
    training = owner.use.gradients();
    in = LayerPlans.image(node.layer(), owner.network.facts(node.name()).input());
  }

  /** Allocates memory for a native descriptor; the memory is freed with the weights. */
  public Pointer descriptor() {
    return owner.descriptor();
  }

  /** Returns the values of one of the layer's parameters; null if the layer does not have it. */
  public @Nullable FloatPointer parameter(String name) {
    return owner.parameter(node.name() + "." + name);
  }

  /** Allocates memory for {@code count} floats, which is freed with the weights. */
  public FloatPointer floats(long count) {
    return owner.memory(count * Float.BYTES).floats(0);
  }

  /**
   * Registers a function that packs the layer's weights; it runs after each change of the weights.
   */
  public void packer(Runnable pack) {
    owner.packer(node.name(), pack);
  }

  /** Returns the element type of the layer's input. */
  public ElementType element() {
    return owner.element(node.inputs().get(0));
  }

  /** Packs the weights of an int8 convolution in the layout of its kernel. */
  public void packBytes(Conv2dKernel kernel) {
    Pointer copy = owner.memory(kernel.packedSize()).pointer(0);
    weights.packed = copy;
    packer(() -> kernel.pack(weights.whole, copy));
  }

  /** Packs float or half-precision weights in the layout of the kernel. */
  public void pack(Packing kernel) {
    if (dtype() != DType.F32) {
      packHalves(kernel);
      return;
    }
    PackedWeights copy =
        PackedWeights.of(kernel, weights.weight, bytes -> owner.memory(bytes).pointer(0));
    weights.packed = copy.packed();
    if (copy.isCopy()) {
      packer(copy::pack);
    }
  }

  /** Returns the data type in which the layer's weight is stored. */
  public DType dtype() {
    return owner.dtype(node.name());
  }

  private void packHalves(Packing kernel) {
    long size = kernel.packedSize();
    if (size == 0) {
      weights.packed = owner.floats(node.name());
      return;
    }
    Pointer copy = owner.memory(size).pointer(0);
    weights.packed = copy;
    packer(() -> owner.withFloats(node.name(), floats -> kernel.pack(floats, copy)));
  }

  /** Records the name of the kernel implementation that runs the layer, for reports. */
  public void implementation(String name) {
    owner.implementation(node.name(), name);
  }

  /**
   * Returns the passes of a convolution that will run. The gradient of a network's input is not
   * computed.
   *
   * @param forward the forward pass
   * @param backwardData the backward pass for the input's gradient
   */
  public Set<Pass> passes(Pass forward, Pass backwardData) {
    boolean first = owner.network.inputs().containsKey(node.inputs().get(0));
    // a network input's gradient is not computed
    return Pass.run(forward, backwardData, training, !first);
  }
}
