package dev.quern.plan;

import dev.quern.engine.Precision;
import dev.quern.kernel.Conv2dTuning.Pass;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** One layer's weights while it is said how kernels read them. */
final class Packing {
  final Weights.Layer weights;
  final Precision precision;

  /** Whether there are backward passes. */
  final boolean training;

  /** One sample's shape of what the layer reads, and its memory order: {@link Orders}. */
  final Shape in;

  final long pixels;
  private final Weights owner;
  private final Network.Node node;

  Packing(Weights owner, Network.Node node, Weights.Layer weights, long pixels) {
    this.owner = owner;
    this.node = node;
    this.weights = weights;
    this.pixels = pixels;
    precision = owner.precision();
    training = owner.trained();
    in = owner.network().facts(node.name()).input();
  }

  /** Memory of a descriptor, as long as the weights. */
  Pointer descriptor() {
    return owner.descriptor();
  }

  /** Memory of so many packed values, as long as the weights. */
  FloatPointer packed(long floats) {
    return owner.packed(floats);
  }

  /** Has the packed copy made anew whenever the weights changed. */
  void packer(Runnable pack) {
    owner.packer(pack);
  }

  /** Names what runs the layer. */
  void implementation(String name) {
    owner.implementation(node.name(), name);
  }

  /** The passes that will run of a convolution, by the names that the native one gives them. */
  Set<Pass> passes(Pass forward, Pass backwardData) {
    boolean ofImages = node.inputs().get(0).equals(Network.INPUT); // whose gradient is nobody's
    return Pass.run(forward, backwardData, training, !ofImages);
  }
}
