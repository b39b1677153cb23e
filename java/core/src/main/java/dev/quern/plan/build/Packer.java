package dev.quern.plan.build;

import dev.quern.kernel.PackedWeights;
import dev.quern.kernel.Packing;
import dev.quern.kernel.conv.Conv2dKernel;
import dev.quern.kernel.conv.Conv2dTuning.Pass;
import dev.quern.network.Network;
import dev.quern.plan.memory.ElementType;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** One layer's weights while its {@link LayerPlan} defines their packing. */
public final class Packer {
  public final LayerWeights weights;
  public final boolean strict;

  /** Whether products of inputs and weights rounded to bfloat16 will do. */
  public final boolean bf16;

  /** Whether there are backward passes. */
  public final boolean training;

  /** One sample's shape of what the layer reads, as it runs. */
  public final Shape in;

  /** The memory order of that: {@link Orders}. */
  public final long pixels;

  private final PackedLayers owner;
  private final Network.Node node;

  Packer(PackedLayers owner, Network.Node node, LayerWeights weights, long pixels) {
    this.owner = owner;
    this.node = node;
    this.weights = weights;
    this.pixels = pixels;
    strict = owner.use.strict();
    bf16 = owner.use.bf16();
    training = owner.use.gradients();
    in = LayerPlans.image(node.layer(), owner.network.facts(node.name()).input());
  }

  /** Memory of a descriptor, as long as the weights. */
  public Pointer descriptor() {
    return owner.descriptor();
  }

  /** Memory of so many values, as long as the weights. */
  public FloatPointer floats(long count) {
    return owner.memory(count * Float.BYTES).floats(0);
  }

  /** Registers a function that packs again whenever the weights have changed. */
  public void packer(Runnable pack) {
    owner.packer(node.name(), pack);
  }

  /** Type of the elements of the layer's input. */
  public ElementType element() {
    return owner.element(node.inputs().get(0));
  }

  /** Gives a convolution in bytes its weights in the order that it reads. */
  public void packBytes(Conv2dKernel kernel) {
    Pointer copy = owner.memory(kernel.packedSize()).pointer(0);
    weights.packed = copy;
    packer(() -> kernel.pack(weights.whole, copy));
  }

  /** Gives a kernel its weights in the order that it reads. */
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

  /** In what the layer's weight is kept. */
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

  /** Names what runs the layer. */
  public void implementation(String name) {
    owner.implementation(node.name(), name);
  }

  /** The passes that will run of a convolution, by the names that the native one gives them. */
  public Set<Pass> passes(Pass forward, Pass backwardData) {
    boolean first = owner.network.inputs().containsKey(node.inputs().get(0));
    return Pass.run(forward, backwardData, training, !first); // an input's gradient is not needed
  }
}
