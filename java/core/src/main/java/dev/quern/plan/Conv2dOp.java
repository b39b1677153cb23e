package dev.quern.plan;

import dev.quern.bindings.Conv2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import dev.quern.kernel.Descriptors;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A convolution; its weights' gradients go straight into the gradient block. */
final class Conv2dOp extends UnaryOp {
  private final Conv2dDescriptor descriptor;
  private final Weights.Layer weights;
  private final int time;
  private PostOps post;

  /** Null where nobody normalises the output. */
  private Slot sums;

  private Slot forwardSpace;
  private Slot backwardSpace;
  private Pointer forwardWorkspace;
  private Pointer backwardWorkspace;

  private Conv2dOp(
      Conv2dDescriptor descriptor, Value in, Value out, Weights.Layer weights, int time) {
    super(in, out);
    this.descriptor = descriptor;
    this.weights = weights;
    this.time = time;
  }

  /** Of a step that begins with a convolution. */
  static Value lower(Builder b, Step step, List<Value> inputs, Shape out) {
    Network.Node node = step.nodes().get(0);
    Value in = inputs.get(0);
    Value to = b.trainable(in, out);
    b.touchDiffs(in, to);
    b.keepForBackward(in);
    Weights.Layer weights = b.weightsOf(node.name());
    boolean planes = in == b.input && b.inputPlanes;
    Conv2dDescriptor d = b.conv2d(node, in.shape);
    if (planes) {
      Descriptors.planes(d);
    }
    Conv2dOp op = new Conv2dOp(d, in, to, weights, b.forwardTime());
    if (planes) {
      b.planesReader = op;
    }
    op.post = PostOps.of(b, step, weights, inputs, to);
    long bytes = op.workspaceBytes();
    b.ops.add(op.workspaces(b.forwardWorkspace(bytes), b.backwardSlot(bytes)));
    if (b.training) {
      b.convolutions.put(step.name(), op);
    }
    return to;
  }

  /**
   * Has a training plan's forward pass leave each channel's sum and sum of squares, while its
   * output is in cache. They stay for the whole step, for who normalises may do so again.
   */
  Slot leaveSums(Builder b) {
    if (sums == null) {
      long[] doubles = new long[1];
      Status.check(Quern.quern_conv2d_piece_sums(descriptor, doubles));
      sums = b.slab.slot(16 * out.channels()).at(0).at(b.endTime());
      post = PostOps.leaving(sums, b.slab.slot(8 * doubles[0]).at(time), b, weights);
    }
    return sums;
  }

  long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_conv2d_workspace(descriptor, bytes));
    return bytes[0];
  }

  Conv2dOp workspaces(Slot forward, Slot backwardOrNull) {
    forwardSpace = forward;
    backwardSpace = backwardOrNull;
    return this;
  }

  @Override
  public void bind(Block slab) {
    super.bind(slab);
    forwardWorkspace = slab.pointer(forwardSpace.offset);
    if (post != null) {
      post.bind(slab);
    }
    if (out.diff != null) {
      backwardWorkspace = slab.pointer(backwardSpace.offset);
    }
  }

  /** Has the next passes read their input there, not in the slab. */
  void readFrom(FloatPointer input) {
    src = input;
  }

  @Override
  public void batch(int n) {
    descriptor.batch(n);
  }

  @Override
  public void forward() {
    Status.check(
        Quern.quern_conv2d_forward(
            descriptor,
            src,
            weights.packed,
            post == null ? weights.bias : post.bias(),
            post == null ? null : post.now(),
            dst,
            forwardWorkspace,
            forwardSpace.bytes));
  }

  @Override
  public void backward() {
    Status.check(
        Quern.quern_conv2d_backward_weights(
            descriptor,
            src,
            diffDst,
            weights.weightGrad,
            weights.biasGrad,
            backwardWorkspace,
            backwardSpace.bytes));
    if (diffSrc != null) {
      Status.check(
          Quern.quern_conv2d_backward_data(
              descriptor,
              diffDst,
              weights.packed,
              diffSrc,
              backwardWorkspace,
              backwardSpace.bytes));
    }
  }
}
