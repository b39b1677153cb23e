package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.BatchNorm2dKernel;
import dev.quern.kernel.conv.Conv2dPostOps;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.math.Add;
import dev.quern.network.Network;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlans;
import dev.quern.plan.build.QuantizeOp;
import dev.quern.plan.build.Weights;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The post-operations of a convolution. In inference, they are applied to each output before the
 * output is stored: batch normalization with running statistics, addition of another value, ReLU or
 * ReLU6. In training, they compute the sums that a following batch normalization needs.
 */
final class PostOps {
  private final Conv2dPostOps kernel;
  private final Weights weights;
  private final LayerWeights conv;
  private BatchNorm2dKernel norm;
  private LayerWeights normWeights;
  private Slot scaleSlot;
  private Slot sums;
  private Slot pieces;
  private Value add;
  private FloatPointer scale;
  private FloatPointer shift;
  private int folded;

  private PostOps(Builder b, LayerWeights conv) {
    this.weights = b.weights;
    this.conv = conv;
    kernel = new Conv2dPostOps(b.descriptor());
  }

  /**
   * Creates post-operations that compute the sums for a following batch normalization in training.
   */
  static PostOps leaving(Slot sums, Slot pieces, Builder b, LayerWeights conv) {
    PostOps post = new PostOps(b, conv);
    post.sums = sums;
    post.pieces = pieces;
    return post;
  }

  /**
   * Creates the post-operations of a chain that starts with a convolution; null if the chain has no
   * other layer.
   */
  static PostOps of(Builder b, Chain chain, LayerWeights conv, List<Value> in, Value out) {
    if (!chain.fused()) {
      return null;
    }
    PostOps post = new PostOps(b, conv);
    Network.Node norm = chain.find(BatchNorm2d.class);
    if (norm != null) {
      post.norm =
          BatchNorm2dOp.kernel(
              b.descriptor(),
              (BatchNorm2d) LayerPlans.as2d(norm.layer()),
              b.batch,
              out.shape(),
              false);
      post.normWeights = b.weightsOf(norm.name());
      post.scaleSlot = b.slab.slot(2 * Float.BYTES * out.channels()).at(0).at(b.endTime());
    }
    if (chain.has(Add.class)) {
      post.add = QuantizeOp.converted(b, in.get(1), out.type.element());
      post.add.data.at(b.forwardTime());
    }
    boolean relu6 = chain.has(Relu6.class);
    if (relu6 || chain.has(Relu.class)) {
      post.kernel.low(0);
    }
    if (relu6) {
      post.kernel.high(6);
    }
    return post;
  }

  /**
   * Returns whether, in inference, a chain that starts with a convolution is the last reader of the
   * value that it adds, so that the chain's output may have that value's memory. Memory that was
   * just read is written faster: decision 36.
   *
   * @param in the chain's inputs
   * @param type the chain's output type
   */
  static boolean addsLast(Builder b, Chain chain, List<Value> in, TensorType type) {
    if (b.training || !chain.has(Add.class)) {
      return false;
    }
    String convolved = chain.inputs().get(0);
    String added = chain.inputs().get(1);
    return !in.get(1).pinned
        && in.get(1).type.equals(type)
        && b.consumers.isLast(added, chain.name())
        && !b.consumers.root(added).equals(b.consumers.root(convolved));
  }

  /**
   * Returns the post-operations for a part of the output.
   *
   * @param bytes the offset of the part from the start of the output
   */
  Conv2dPostOps from(OffHeap slab, long bytes) {
    if (add != null) {
      kernel.add(slab.pointer(add.data.offset + bytes));
    }
    return now();
  }

  void bind(OffHeap slab) {
    if (norm != null) {
      scale = slab.floats(scaleSlot.offset);
      shift = slab.floats(scaleSlot.offset + Float.BYTES * norm.channels());
      kernel.scale(scale, shift);
    }
    if (sums != null) {
      kernel.sums(slab.doubles(sums.offset), slab.doubles(pieces.offset));
    }
    if (add != null) {
      kernel.add(slab.pointer(add.data.offset));
    }
  }

  /**
   * Returns the convolution's bias, with which sums are initialized; null if batch normalization
   * adds the bias.
   */
  FloatPointer bias() {
    return norm == null ? conv.bias : null;
  }

  /**
   * Returns the post-operations with the current running statistics, which may change between
   * evaluations during training.
   */
  Conv2dPostOps now() {
    if (norm != null && (weights.trained() || folded != weights.version())) {
      norm.fold(
          normWeights.weight,
          normWeights.bias,
          normWeights.runningMean,
          normWeights.runningVar,
          conv.bias,
          scale,
          shift);
      folded = weights.version();
    }
    return kernel;
  }
}
